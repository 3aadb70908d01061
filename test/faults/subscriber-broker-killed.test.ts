import { rm } from "node:fs/promises";
import { connect } from "amqplib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { persistDeclarations } from "../../apps/local/services/persist-declarations.ts";
import { type RabbitMqService, startRabbitMq } from "../../apps/local/services/rabbitmq.ts";
import { declareTopology } from "../../layers/broker/declare.ts";
import { createPublisher } from "../../layers/broker/publisher/index.ts";
import { createSubscriber } from "../../layers/broker/subscriber/index.ts";
import { topology } from "../../layers/topology/topology.ts";
import { temporaryHome } from "../temporary-home.ts";

let home: string;
let rabbitMq: RabbitMqService;

beforeEach(async () => {
  home = await temporaryHome();
  rabbitMq = await startRabbitMq({ home });
});

afterEach(async () => {
  await rabbitMq.kill("SIGKILL");
  await rm(home, { recursive: true, force: true });
});

it("brings a subscriber every event, each handled once, though the broker is killed twice [EVT-02, EVT-06]", {
  timeout: 240_000,
}, async () => {
  const admin = await connect(rabbitMq.url);
  admin.on("error", () => undefined);
  await declareTopology(admin, topology());

  const handled: string[] = [];
  const subscriber = createSubscriber({
    url: rabbitMq.url,
    queue: "survivor",
    patterns: ["order.*"],
    concurrency: 4,
    remember: 10_000,
    handler: async ({ id }) => {
      await new Promise(setImmediate);
      handled.push(id);
    },
  });
  await subscriber.ready();
  await persistDeclarations(rabbitMq);

  const publisher = createPublisher({ url: rabbitMq.url, source: "/test", maxBufferedEvents: 50_000 });
  const ids = Array.from({ length: 6_000 }, (_, i) => String(i));
  for (const [i, id] of ids.entries()) {
    publisher.publish("order.placed", {}, { id });
    if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    if (i !== 2_000 && i !== 4_000) continue;
    await expect.poll(() => handled.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(i / 2);
    await rabbitMq.kill("SIGKILL");
    rabbitMq = await startRabbitMq({ home });
  }

  await expect.poll(() => new Set(handled).size, { timeout: 180_000 }).toBe(ids.length);
  expect(handled.length).toBe(ids.length);
  expect(subscriber.stats()).toMatchObject({ connected: true, deadLettered: 0, failed: 0 });
  expect(subscriber.stats().reconnections).toBeGreaterThanOrEqual(2);
  await publisher.close();
  await subscriber.close();
});
