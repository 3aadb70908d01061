import { connect } from "amqplib";
import { Arrivals, type WantedArrivals } from "../arrivals.ts";
import { serve } from "../worker.ts";

// The floor of publish to processed: a consumer that notes when a message came, and acknowledges it.

const arrived = new Arrivals();
const PREFETCH = 1_000;

const tasks = {
  async open({ url, queue }: { url: string; queue: string }) {
    const connection = await connect(url, { noDelay: true });
    const channel = await connection.createChannel();
    await channel.prefetch(PREFETCH);
    await channel.consume(queue, (message) => {
      if (!message) return;
      arrived.note(message.properties.messageId);
      channel.ack(message);
    });
  },

  arrived: (wanted: WantedArrivals) => arrived.all(wanted),
};

export type Echo = typeof tasks;

serve(tasks);
