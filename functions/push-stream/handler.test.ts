import { type ChannelModel, connect } from "amqplib";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type QueueSource, startQueueSource } from "../../apps/local/sources/queue-source.ts";
import { type Bus, createBus } from "../../layers/broker/bus.ts";
import { declareTopology } from "../../layers/broker/declare.ts";
import { encodedMessage } from "../../layers/broker/message.ts";
import { farewellMessage } from "../../layers/broker/stream-control.ts";
import { type Clock, systemClock } from "../../layers/core/clock.ts";
import { UnavailableError } from "../../layers/core/errors.ts";
import { sha256 } from "../../layers/core/ids.ts";
import { encodeMeasurements } from "../../layers/core/measurement-event.ts";
import { microsOf } from "../../layers/core/time.ts";
import type { Farewell, SendOutcome, Sockets } from "../../layers/lambda/sockets.ts";
import { wakeByBus } from "../../layers/lambda/wake.ts";
import type { Registry } from "../../layers/storage/registry/port.ts";
import { migrateRegistry } from "../../layers/storage/registry/postgres/migrate.ts";
import { openPostgresRegistry } from "../../layers/storage/registry/postgres/registry.ts";
import { STREAM_QUEUE, topology } from "../../layers/topology/topology.ts";
import { type Fresh, freshDatabase, freshVhost } from "../../test/fresh.ts";
import { silentLogger } from "../../test/silent-logger.ts";
import { createHandler } from "./handler.ts";

// As on AWS: no timer, only the queue. API Gateway's side is played here.

let vhost: Fresh;
let database: Fresh;
let admin: ChannelModel;
let bus: Bus;
let registry: Registry;
let source: QueueSource | undefined;

let outcome: SendOutcome;
let sent: { connectionId: string; values: unknown[] }[];
let closed: { connectionId: string; farewell: Farewell }[];

const sockets: Sockets = {
  async send(connectionId, text) {
    const { data_points } = JSON.parse(text) as { data_points: { value: unknown }[] };
    sent.push({ connectionId, values: data_points.map(({ value }) => value) });
    return outcome;
  },
  async close(connectionId, farewell) {
    closed.push({ connectionId, farewell });
  },
};

beforeAll(async () => {
  [vhost, database] = await Promise.all([freshVhost(), freshDatabase()]);
  admin = await connect(vhost.url);
  await declareTopology(admin, topology());
  await migrateRegistry(database.url);
  bus = createBus({ url: vhost.url, name: "test" });
  registry = openPostgresRegistry({ connectionString: database.url });
});

beforeEach(() => {
  outcome = "sent";
  sent = [];
  closed = [];
});

afterEach(async () => {
  await source?.stop();
  source = undefined;
  for (const { subscriptionId } of await registry.connections.live()) {
    await registry.subscriptions.remove(subscriptionId);
  }
});

afterAll(async () => {
  await Promise.all([bus.close(), admin.close(), registry.close()]);
  await Promise.all([vhost.drop(), database.drop()]);
});

function consume({ clock = systemClock, of = registry }: { clock?: Clock; of?: Registry } = {}): void {
  const wake = wakeByBus(bus);
  const handler = createHandler({ bus, clock, logger: silentLogger, registry: of, sockets, wake });
  const subscriptions = [{ queue: STREAM_QUEUE, batchSize: 100, handler }];
  source = startQueueSource({ url: vhost.url, subscriptions, logger: silentLogger });
}

let connections = 0;

async function connected(maxFrequencyMs = 100, openedAt = Date.now()): Promise<string> {
  const name = `${++connections}`;
  const at = microsOf(openedAt);
  const filter = { deviceIds: [], metricNames: [], tags: {} };
  const subscription = {
    subscriptionId: `sub_${name}`,
    ...filter,
    maxFrequencyMs,
    createdBy: "k",
    createdAt: at,
  };
  await registry.subscriptions.create(subscription, { hash: sha256(name), expiresAt: at + 1 });
  const opening = {
    connectionId: `con_${name}`,
    subscriptionId: `sub_${name}`,
    ticketHash: sha256(name),
    at,
  };
  await registry.connections.open(opening);
  return opening.connectionId;
}

async function measure(...values: number[]): Promise<void> {
  const acceptedMs = Date.now();
  const accepted = values.map((value, index) => ({
    point: { deviceId: "d", metricName: "m", time: microsOf(acceptedMs) + index, value },
    index,
  }));
  const messageId = () => crypto.randomUUID();
  const acceptance = { acceptedMs, source: "/test", correlationId: "c", messageId, idempotent: false };
  await bus.publish(encodeMeasurements(accepted, acceptance).map(encodedMessage));
}

const soon = <Value>(read: () => Value) => expect.poll(read, { timeout: 10_000 });
const valuesSent = () => sent.flatMap(({ values }) => values);
const liveIds = async () => (await registry.connections.live()).map(({ connectionId }) => connectionId);

async function lettersWaiting(): Promise<number> {
  const channel = await admin.createChannel();
  const { messageCount } = await channel.checkQueue("dlq.dead_letters");
  await channel.close();
  return messageCount;
}

it("sends the last value by way of the first rung, where no timer runs [E5-US2 AC3, FR-018]", async () => {
  await connected(300);
  consume();
  await measure(1);
  await soon(valuesSent).toEqual([1]);
  await measure(2, 3);
  await soon(valuesSent).toEqual([1, 3]);
});

it("goes on asking for a turn until what waits is sent", async () => {
  await connected(2_500);
  consume();
  await measure(1);
  await soon(valuesSent).toEqual([1]);
  await measure(2);
  await soon(valuesSent).toEqual([1, 2]);
});

it("sends to who connected before the points came, without a moment's delay", async () => {
  consume();
  await measure(1);
  for (let value = 2; value < 7; value++) {
    const connectionId = await connected();
    await measure(value);
    await soon(() => sent.at(-1)).toEqual({ connectionId, values: [value] });
    await registry.subscriptions.remove(connectionId.replace("con", "sub"));
  }
});

it("forgets a connection that is gone, and none that is about to be let in [E5-US2 AC5]", async () => {
  const old = await connected(100, Date.now() - 60_000);
  const young = await connected(100);
  outcome = "gone";
  consume();
  await measure(1);
  await soon(liveIds).toEqual([young]);
  outcome = "sent";
  await soon(() => sent.at(-1)).toEqual({ connectionId: young, values: [1] });
  expect(sent.filter(({ connectionId }) => connectionId === old)).toHaveLength(1);
});

it("keeps the newest value for a connection that is busy", async () => {
  await connected(100);
  outcome = "busy";
  consume();
  await measure(1);
  await soon(() => sent.length).toBeGreaterThan(0);
  await measure(2);
  await soon(() => sent.at(-1)?.values).toEqual([2]);
  outcome = "sent";
  const tried = sent.length;
  await soon(() => sent.length).toBeGreaterThan(tried);
  expect(sent.at(-1)?.values).toEqual([2]);
});

it("goes on to those whom it knows while the registry is away", async () => {
  await connected(100);
  let away = false;
  const mark = () => (away ? Promise.reject(new UnavailableError("away")) : registry.connections.mark());
  consume({ of: { ...registry, connections: { ...registry.connections, mark } } });
  await measure(1);
  await soon(valuesSent).toEqual([1]);
  away = true;
  await measure(2);
  await soon(valuesSent).toEqual([1, 2]);
});

it("passes over what it cannot read, and leaves it to those who record", async () => {
  await connected(100);
  consume();
  const message = { exchange: "metrics.events", routingKey: "telemetry.data.received", properties: {} };
  await bus.publish([{ ...message, body: Buffer.from("no JSON") }]);
  await measure(1);
  await soon(valuesSent).toEqual([1]);
  expect(await lettersWaiting()).toBe(0);
});

it("says farewell with a frame and a code [E5-US2 AC4]", async () => {
  consume();
  await bus.publish([farewellMessage("con_x", 4_004, "no such subscription")]);
  await soon(() => closed).toEqual([
    {
      connectionId: "con_x",
      farewell: {
        code: 4_004,
        reason: "no such subscription",
        frame: '{"type":"error","code":4004,"message":"no such subscription"}',
      },
    },
  ]);
});
