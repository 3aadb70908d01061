import { type ChannelModel, connect } from "amqplib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Fresh, freshVhost } from "../../test/fresh.ts";
import { startProxy } from "../../test/proxy.ts";
import { createBus } from "./bus.ts";
import type { Outgoing } from "./message.ts";

let vhost: Fresh;
let admin: ChannelModel;

beforeAll(async () => {
  vhost = await freshVhost();
  admin = await connect(vhost.url);
  const channel = await admin.createChannel();
  await channel.assertExchange("shop", "topic");
  await channel.assertQueue("orders", { durable: true, arguments: { "x-queue-type": "quorum" } });
  await channel.bindQueue("orders", "shop", "order.#");
});

afterAll(async () => {
  await admin.close();
  await vhost.drop();
});

const message = (routingKey: string, messageId: string): Outgoing => ({
  exchange: "shop",
  routingKey,
  body: Buffer.from(messageId),
  properties: { mandatory: true, persistent: true, messageId },
});

async function drain(): Promise<string[]> {
  const channel = await admin.createChannel();
  const bodies: string[] = [];
  for (
    let got = await channel.get("orders", { noAck: true });
    got;
    got = await channel.get("orders", { noAck: true })
  ) {
    bodies.push(got.content.toString());
  }
  await channel.close();
  return bodies;
}

it("resolves when every message is on its queue, in the order of the call", async () => {
  const bus = createBus({ url: vhost.url, name: "test" });
  await bus.publish([1, 2, 3].map((n) => message("order.placed", `m${n}`)));
  expect(await drain()).toEqual(["m1", "m2", "m3"]);
  await bus.close();
});

it("fails a message for which no queue is bound, although the broker acknowledges it", async () => {
  const bus = createBus({ url: vhost.url, name: "test" });
  await expect(
    bus.publish([message("order.placed", "kept"), message("nobody.asked", "lost")]),
  ).rejects.toMatchObject({
    code: "unroutable",
    message: 'no queue is bound to "shop" for the key "nobody.asked"',
  });
  expect(await drain()).toEqual(["kept"]);
  await bus.publish([message("order.placed", "after")]);
  expect(await drain()).toEqual(["after"]);
  await bus.close();
});

it("opens a broken connection anew within the same publish", async () => {
  const proxy = await startProxy(vhost.url);
  const bus = createBus({ url: proxy.url, name: "test" });
  await bus.publish([message("order.placed", "before")]);
  proxy.cut();
  await bus.publish([message("order.placed", "after")]);
  expect(await drain()).toEqual(["before", "after"]);
  await bus.close();
  await proxy.close();
});

it("gives up by its deadline when the broker is away, saying so", async () => {
  const bus = createBus({ url: "amqp://127.0.0.1:1/", name: "test", deadlineMs: 300 });
  const startedAt = performance.now();
  await expect(bus.publish([message("order.placed", "x")])).rejects.toMatchObject({
    code: "broker_unavailable",
  });
  expect(performance.now() - startedAt).toBeLessThan(2_000);
  await bus.close();
});

it("refuses an exchange that is not there and works again afterwards", async () => {
  const bus = createBus({ url: vhost.url, name: "test" });
  await expect(bus.publish([{ ...message("a", "1"), exchange: "nowhere" }])).rejects.toMatchObject({
    code: "broker_unavailable",
  });
  await bus.publish([message("order.placed", "later")]);
  expect(await drain()).toEqual(["later"]);
  await bus.close();
});

it("opens no connection once it is closed", async () => {
  const bus = createBus({ url: vhost.url, name: "test" });
  await bus.close();
  await expect(bus.publish([message("order.placed", "late")])).rejects.toThrow("the bus is closed");
  expect(await drain()).toEqual([]);
});
