import { setTimeout as pause } from "node:timers/promises";
import { type ChannelModel, connect } from "amqplib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startQueueSource } from "../../apps/local/sources/queue-source.ts";
import { declareTopology } from "../../layers/broker/declare.ts";
import { createPublisher } from "../../layers/broker/publisher/index.ts";
import type { QueueHandler } from "../../layers/lambda/queue.ts";
import { deliveriesOf } from "../../layers/lambda/rabbitmq-event.ts";
import { topology } from "../../layers/topology/topology.ts";
import { type Fresh, freshVhost } from "../fresh.ts";
import { startProxy } from "../proxy.ts";
import { silentLogger } from "../silent-logger.ts";
import { consumersOf } from "./queue-contents.ts";
import { seededRandom } from "./random.ts";

const QUEUE = "metrics.updates";
const MODELS = 8;
const EVENTS = 6_000;

let vhost: Fresh;
let admin: ChannelModel;

beforeAll(async () => {
  vhost = await freshVhost();
  admin = await connect(vhost.url);
  await declareTopology(admin, topology());
});

afterAll(async () => {
  await admin.close();
  await vhost.drop();
});

/** Writes down of each model its events' numbers in the order in which they are first processed. */
function recorder() {
  const seen = new Map<string, number[]>();
  let deliveries = 0;
  const handler: QueueHandler = async (event) => {
    for (const { body } of deliveriesOf(event)) {
      const { data } = JSON.parse(body.toString());
      const numbers = seen.get(data.model_id) ?? [];
      deliveries++;
      if (!numbers.includes(data.n)) numbers.push(data.n);
      seen.set(data.model_id, numbers);
    }
    await pause(5); // As long as a small batch takes: connections are lost while it is under way.
  };
  const processed = () => [...seen.values()].reduce((sum, numbers) => sum + numbers.length, 0);
  return { seen, handler, processed, repeated: () => deliveries - processed() };
}

it("processes the events of one model in the order of publication while connections are lost [BUS-16]", {
  timeout: 60_000,
}, async () => {
  const random = seededRandom();
  const [publishing, consuming] = await Promise.all([startProxy(vhost.url), startProxy(vhost.url)]);
  const { seen, handler, processed, repeated } = recorder();
  const publisher = createPublisher({
    ...{ url: publishing.url, source: "/faults", maxBufferedEvents: EVENTS },
    ...{ reconnectMs: 20, maxReconnectMs: 100, maxUnconfirmed: 200 },
  });
  const subscriptions = [{ queue: QUEUE, batchSize: 200, handler }];
  const source = startQueueSource({ url: consuming.url, subscriptions, logger: silentLogger });

  const published = new Map<string, number[]>();
  for (let n = 0; n < EVENTS; n++) {
    const model = `m-${random.below(MODELS)}`;
    published.set(model, [...(published.get(model) ?? []), n]);
    publisher.publish("model.updated", { model_id: model, n });
  }
  let losses = 0;
  while (processed() < EVENTS) {
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
  expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(published));
  await Promise.all([publishing.close(), consuming.close()]);
});
