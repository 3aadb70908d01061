import { type Channel, type ConsumeMessage, connect } from "amqplib";
import pg from "pg";
import { Arrivals, type WantedArrivals } from "../arrivals.ts";
import { serve } from "../worker.ts";

// The floors of publish to processed: a consumer that notes when each message is through, and acknowledges it. Through
// it is at once, or, where there is a database, when a row for it is committed: all that have come by then together.

export interface EchoOpen {
  url: string;
  queue: string;
  databaseUrl?: string;
}

const PREFETCH = 1_000;
const arrived = new Arrivals();
let database: pg.Client | undefined;

const tasks = {
  async open({ url, queue, databaseUrl }: EchoOpen) {
    if (databaseUrl !== undefined) database = await openDatabase(databaseUrl);
    const connection = await connect(url, { noDelay: true });
    const channel = await connection.createChannel();
    await channel.prefetch(PREFETCH);
    await channel.consume(queue, database ? committing(channel, database) : noting(channel));
  },

  arrived: (wanted: WantedArrivals) => arrived.all(wanted),
};

type Consume = (message: ConsumeMessage | null) => void;

function noting(channel: Channel): Consume {
  return (message) => {
    if (!message) return;
    arrived.note(message.properties.messageId);
    channel.ack(message);
  };
}

function committing(channel: Channel, client: pg.Client): Consume {
  const waiting: ConsumeMessage[] = [];
  let working = false;
  const work = async () => {
    working = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0);
      await client.query({ ...INSERT, values: [batch.map(({ properties }) => properties.messageId)] });
      for (const message of batch) {
        arrived.note(message.properties.messageId);
        channel.ack(message);
      }
    }
    working = false;
  };
  return (message) => {
    if (message) waiting.push(message);
    if (!working) void work();
  };
}

const INSERT = { name: "insert", text: "INSERT INTO echoes SELECT unnest($1::text[])" };

async function openDatabase(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("CREATE TABLE echoes (id text PRIMARY KEY)");
  return client;
}

export type Echo = typeof tasks;

serve(tasks, async () => database?.end());
