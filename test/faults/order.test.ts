import { setTimeout as pause } from "node:timers/promises";
import { type ChannelModel, connect } from "amqplib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startQueueSource } from "../../apps/local/sources/queue-source.ts";
import { declareTopology } from "../../layers/broker/declare.ts";
import { createPublisher, type Publisher } from "../../layers/broker/publisher/index.ts";
import type { QueueHandler } from "../../layers/lambda/queue.ts";
import { deliveriesOf } from "../../layers/lambda/rabbitmq-event.ts";
import { topology } from "../../layers/topology/topology.ts";
import { type Fresh, freshVhost } from "../fresh.ts";
import { startProxy } from "../proxy.ts";
import { silentLogger } from "../silent-logger.ts";
import { consumersOf } from "./queue-contents.ts";
import { type Random, seededRandom } from "./random.ts";

const QUEUE = "metrics.updates";
const EVENTS = 4_000;

let vhost: Fresh;
let admin: ChannelModel;

beforeEach(async () => {
  vhost = await freshVhost();
  admin = await connect(vhost.url);
  await declareTopology(admin, topology());
});

afterEach(async () => {
  await admin.close();
  await vhost.drop();
});

/** Of each model its events' numbers, in order. */
type Sequences = Map<string, Set<number>>;

function append(sequences: Sequences, model: string, n: number): void {
  const numbers = sequences.get(model) ?? new Set();
  sequences.set(model, numbers.add(n));
}

const lengthOf = (sequences: Sequences) =>
  [...sequences.values()].reduce((sum, numbers) => sum + numbers.size, 0);

/** Publishes events of eight models in any order, and says in which. */
function publishAll(publisher: Publisher, random: Random): Sequences {
  const published: Sequences = new Map();
  for (let n = 0; n < EVENTS; n++) {
    const model = `m-${random.below(8)}`;
    append(published, model, n);
    publisher.publish("model.updated", { model_id: model, n });
  }
  return published;
}

/** A handler that writes down in which order it processes events for the first time. */
function recorder() {
  const seen: Sequences = new Map();
  let deliveries = 0;
  const record: QueueHandler = async (event) => {
    for (const { body } of deliveriesOf(event)) {
      const { model_id, n } = JSON.parse(body.toString()).data;
      append(seen, model_id, n);
      deliveries++;
    }
    await pause(15); // As long as a batch takes: connections are lost while it is under way.
  };
  return { seen, record, repeated: () => deliveries - lengthOf(seen) };
}

const publisherOptions = {
  ...{ source: "/faults", maxBufferedEvents: EVENTS, maxUnconfirmed: 500 },
  ...{ reconnectMs: 20, maxReconnectMs: 100 },
};

it("processes the events of one model in the order of publication while connections are lost [BUS-16]", {
  timeout: 180_000,
}, async () => {
  const random = seededRandom();
  const [publishing, consuming] = await Promise.all([startProxy(vhost.url), startProxy(vhost.url)]);
  const { seen, record, repeated } = recorder();
  const publisher = createPublisher({ ...publisherOptions, url: publishing.url });
  const subscriptions = [{ queue: QUEUE, batchSize: 100, handler: record }];
  const source = startQueueSource({ url: consuming.url, subscriptions, logger: silentLogger });
  const published = publishAll(publisher, random);
  let losses = 0;
  while (lengthOf(seen) < EVENTS) {
    await pause(random.below(150));
    publishing.cut();
    await pause(random.below(150));
    consuming.break();
    // Until the broker knows, it would hand what comes next to the new connection, and what was lost only later.
    await expect.poll(() => consumersOf(admin, QUEUE), { interval: 5 }).toBe(0);
    consuming.heal();
    losses++;
    await expect.poll(() => consumersOf(admin, QUEUE), { interval: 5, timeout: 10_000 }).toBe(1);
  }
  await publisher.close();
  await source.stop();
  console.log(`${losses} connections lost, ${repeated()} deliveries repeated; seed ${random.seed}`);
  expect(repeated()).toBeGreaterThan(0);
  expect(listed(seen)).toEqual(listed(published));
  await Promise.all([publishing.close(), consuming.close()]);
});

it("keeps that order when batches fail and are held [BUS-16]", { timeout: 180_000 }, async () => {
  const random = seededRandom();
  const { seen, record } = recorder();
  const publisher = createPublisher({ ...publisherOptions, url: vhost.url });
  let calls = 0;
  let failures = 0;
  const handler: QueueHandler = async (event) => {
    if (calls++ === 1 || random.below(6) === 0) {
      failures++;
      throw new Error("not now");
    }
    await record(event);
  };
  const subscriptions = [{ queue: QUEUE, batchSize: 200, handler }];
  const source = startQueueSource({ url: vhost.url, subscriptions, logger: silentLogger, onFailure: "hold" });
  const published = publishAll(publisher, random);
  await expect.poll(() => lengthOf(seen), { timeout: 50_000 }).toBe(EVENTS);
  await publisher.close();
  await source.stop();
  console.log(`${failures} batches failed; seed ${random.seed}`);
  expect(listed(seen)).toEqual(listed(published));
});

const listed = (sequences: Sequences) =>
  Object.fromEntries([...sequences].map(([model, numbers]) => [model, [...numbers]]));
