import { setTimeout as pause } from "node:timers/promises";
import { type Channel, type ChannelModel, connect } from "amqplib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startQueueSource } from "../../apps/local/sources/queue-source.ts";
import { type Fresh, freshVhost } from "../fresh.ts";
import { startProxy } from "../proxy.ts";
import { silentLogger } from "../silent-logger.ts";
import { seededRandom } from "./random.ts";

let vhost: Fresh;
let admin: ChannelModel;
let channel: Channel;

beforeEach(async () => {
  vhost = await freshVhost();
  admin = await connect(vhost.url);
  channel = await admin.createChannel();
});

afterEach(async () => {
  await admin.close();
  await vhost.drop();
});

const queues = Array.from({ length: 30 }, (_, i) => `queue-${i}`);

const consumersOf = async (names: readonly string[]): Promise<number[]> => {
  const answers = await Promise.all(names.map((name) => channel.checkQueue(name)));
  return answers.map(({ consumerCount }) => consumerCount);
};

it("has one consumer at each queue, however often the connection is lost while it subscribes", {
  timeout: 180_000,
}, async () => {
  for (const queue of queues) await channel.assertQueue(queue);
  const random = seededRandom();
  const proxy = await startProxy(vhost.url);
  let connections = 0;
  const url = async () => {
    connections++; // Asked before each.
    return proxy.url;
  };
  const subscriptions = queues.map((queue) => ({ queue, batchSize: 10, handler: async () => undefined }));
  const source = startQueueSource({ url, subscriptions, logger: silentLogger });
  for (let lost = 0; lost < 4; lost++) {
    const before = connections;
    await pause(random.below(100));
    const cut = () => {
      proxy.cut();
      return connections;
    };
    await expect.poll(cut, { interval: 20, timeout: 20_000 }).toBeGreaterThan(before);
  }
  await expect
    .poll(() => consumersOf(queues), { timeout: 20_000, interval: 200 })
    .toEqual(queues.map(() => 1));
  await source.stop();
  expect(await consumersOf(queues), `seed ${random.seed}`).toEqual(queues.map(() => 0));
  await proxy.close();
});

it("has no more than two batches in hand, whatever waits in the queue [BUS-08]", async () => {
  await channel.assertQueue("full");
  for (let n = 0; n < 500; n++) channel.sendToQueue("full", Buffer.from(String(n)));
  const ready = async () => (await channel.checkQueue("full")).messageCount;
  await expect.poll(ready).toBe(500);

  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
  const sizes: number[] = [];
  const handler = async ({ rmqMessagesByQueue }: { rmqMessagesByQueue: Record<string, unknown[]> }) => {
    sizes.push(...Object.values(rmqMessagesByQueue).map((messages) => messages.length));
    await mayEnd;
  };
  const subscriptions = [{ queue: "full", batchSize: 20, handler }];
  const source = startQueueSource({ url: vhost.url, subscriptions, logger: silentLogger });
  await expect.poll(ready).toBe(460);
  expect(sizes).toHaveLength(1);
  end();
  await expect.poll(() => sizes.reduce((sum, size) => sum + size, 0)).toBe(500);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(20);
  await source.stop();
  expect(await ready()).toBe(0);
});

describe("a window", () => {
  /** A source with one, and the batches that it hands over. */
  async function gathering({ windowMs, batchSize }: { windowMs: number; batchSize: number }) {
    await channel.assertQueue("gathered");
    const batches: { size: number; atMs: number }[] = [];
    const handler = async ({ rmqMessagesByQueue }: { rmqMessagesByQueue: Record<string, unknown[]> }) => {
      batches.push({ size: Object.values(rmqMessagesByQueue).flat().length, atMs: performance.now() });
    };
    const subscriptions = [{ queue: "gathered", batchSize, windowMs, handler }];
    return {
      batches,
      start: () => startQueueSource({ url: vhost.url, subscriptions, logger: silentLogger }),
    };
  }

  const send = (number: number) => {
    for (let n = 0; n < number; n++) channel.sendToQueue("gathered", Buffer.from(String(n)));
  };

  it("lets what comes within it become one batch", async () => {
    const { batches, start } = await gathering({ windowMs: 3_000, batchSize: 100 });
    const source = start();
    send(3);
    await expect.poll(() => consumersOf(["gathered"]), { timeout: 5_000 }).toEqual([1]);
    const sentAt = performance.now();
    send(4);
    await expect.poll(() => batches.length, { timeout: 10_000 }).toBe(1);
    expect(batches[0]?.size).toBe(7);
    expect((batches[0]?.atMs ?? 0) - sentAt).toBeGreaterThan(1_000);
    await source.stop();
  });

  it("ends when the batch is full", async () => {
    const { batches, start } = await gathering({ windowMs: 60_000, batchSize: 5 });
    const source = start();
    send(5);
    await expect.poll(() => batches.map(({ size }) => size), { timeout: 10_000 }).toEqual([5]);
    await source.stop();
  });

  it("ends when the source stops: what was gathered is handled, and acknowledged [EVT-06]", async () => {
    const { batches, start } = await gathering({ windowMs: 60_000, batchSize: 100 });
    send(3);
    // Until it stops nothing shows whether it has them yet: each source is given longer than the one before.
    for (let pauseMs = 100; batches.length === 0 && pauseMs < 10_000; pauseMs *= 2) {
      const source = start();
      await pause(pauseMs);
      await source.stop();
    }
    expect(batches.map(({ size }) => size)).toEqual([3]);
    expect((await channel.checkQueue("gathered")).messageCount).toBe(0);
  });
});
