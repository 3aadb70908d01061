import { type ChannelModel, connect } from "amqplib";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type Fresh, freshVhost } from "../../../test/fresh.ts";
import { startProxy, type TcpProxy } from "../../../test/proxy.ts";
import type { Event } from "../../core/envelope.ts";
import { topology } from "../../topology/topology.ts";
import { declareTopology } from "../declare.ts";
import type { PublisherOptions } from "./options.ts";
import { createPublisher, type Publisher } from "./publisher.ts";

let vhost: Fresh;
let admin: ChannelModel;
let proxy: TcpProxy;
const open: Publisher[] = [];

beforeAll(async () => {
  vhost = await freshVhost();
  admin = await connect(vhost.url);
  await declareTopology(admin, topology());
  proxy = await startProxy(vhost.url);
});

afterEach(async () => {
  proxy.heal();
  await Promise.all(open.splice(0).map((publisher) => publisher.close()));
  await received();
});

afterAll(async () => {
  await proxy.close();
  await admin.close();
  await vhost.drop();
});

function publisherWith(options: Partial<PublisherOptions> = {}): Publisher {
  const publisher = createPublisher({
    url: proxy.url,
    source: "/test",
    reconnectMs: 10,
    maxReconnectMs: 50,
    ...options,
  });
  open.push(publisher);
  return publisher;
}

async function received(): Promise<Event[]> {
  const channel = await admin.createChannel();
  const events: Event[] = [];
  const next = () => channel.get("metrics.updates", { noAck: true });
  for (let got = await next(); got; got = await next()) events.push(JSON.parse(got.content.toString()));
  await channel.close();
  return events;
}

const modelIds = (events: Event[]) => events.map(({ data }) => (data as { model_id: string }).model_id);
const settled = (publisher: Publisher) =>
  expect.poll(() => publisher.stats().buffered, { timeout: 10_000 }).toBe(0);
const register = (publisher: Publisher, id: string) =>
  publisher.publish("model.registered", { model_id: id, vendor: "acme" });

it("publishes a CloudEvent with everything that consumers need [BUS-03, BUS-05]", async () => {
  const publisher = publisherWith();
  await publisher.publish(
    "model.registered",
    { model_id: "gpt-4", vendor: "openai" },
    { critical: true, correlationId: "req-1", parents: ["/shop#7", "8"], subject: "gpt-4" },
  );
  const [event] = await received();
  expect(event).toMatchObject({
    specversion: "1.0",
    source: "/test",
    type: "model.registered",
    correlation_id: "req-1",
    parentids: "/shop#7,8",
    subject: "gpt-4",
    data: { model_id: "gpt-4", vendor: "openai" },
  });
  expect(event?.id).toMatch(/^[0-9a-f-]{36}$/);
});

it("emits each of the six event types, and api.latency [BUS-04]", async () => {
  const publisher = publisherWith();
  const payloads: Record<string, object> = {
    "model.registered": { model_id: "m", vendor: "v" },
    "model.updated": { model_id: "m" },
    "model.deactivated": { model_id: "m" },
    "model.queried": { model_id: "m", endpoint: "/models", duration_ms: 3, cache_hit: true },
    "filter.executed": { filters: { tier: "Tier_1" }, result_count: 3 },
    "api.error": { message: "boom", error_type: "Error" },
    "api.latency": { duration_ms: 45, endpoint: "/models", status: 200 },
  };
  for (const [type, data] of Object.entries(payloads))
    await publisher.publish(type, data, { critical: true });
  expect((await received()).map(({ type }) => type)).toEqual(Object.keys(payloads));
});

it("returns at once and keeps the order while the broker is away [EVT-06]", async () => {
  const publisher = publisherWith();
  register(publisher, "0");
  await settled(publisher);
  proxy.break();
  const startedAt = performance.now();
  for (let i = 1; i <= 500; i++) register(publisher, String(i));
  expect(performance.now() - startedAt).toBeLessThan(500);
  expect(publisher.stats().buffered).toBe(500);
  proxy.heal();
  await settled(publisher);
  const ids = modelIds(await received());
  expect(ids).toEqual(Array.from({ length: 501 }, (_, i) => String(i)));
  expect(publisher.stats()).toMatchObject({ connected: true, confirmed: 501, dropped: 0, reconnections: 1 });
});

it("sends again what was not confirmed when the line was cut: nothing is lost, order is kept [EVT-06]", async () => {
  const publisher = publisherWith();
  for (let i = 0; i < 3_000; i++) {
    register(publisher, String(i));
    if (i % 700 === 350) {
      await new Promise(setImmediate);
      proxy.cut();
    }
  }
  await settled(publisher);
  const firsts = [...new Set(modelIds(await received()))];
  expect(firsts).toEqual(Array.from({ length: 3_000 }, (_, i) => String(i)));
});

it("resolves a critical publish on the confirm, and rejects it when no queue takes the event", async () => {
  const publisher = publisherWith();
  await publisher.publish("model.updated", { model_id: "m" }, { critical: true });
  expect(publisher.stats().confirmed).toBe(1);
  await expect(
    publisher.publish("telemetry.nobody.asked.this", {}, { critical: true }),
  ).rejects.toMatchObject({
    code: "unroutable",
  });
  expect(publisher.stats().unroutable).toBe(1);
});

it.each([
  ["drop-oldest", ["2", "3", "4"]],
  ["drop-newest", ["0", "1", "2"]],
] as const)("when full with %s keeps the others, and counts", async (whenFull, kept) => {
  proxy.break();
  const publisher = publisherWith({ whenFull, maxBufferedEvents: 3 });
  for (let i = 0; i < 5; i++) register(publisher, String(i));
  expect(publisher.stats()).toMatchObject({ buffered: 3, dropped: 2 });
  proxy.heal();
  await settled(publisher);
  expect(modelIds(await received())).toEqual(kept);
});

it("when full with reject says so to the caller", async () => {
  proxy.break();
  const publisher = publisherWith({ whenFull: "reject", maxBufferedBytes: 600, drainTimeoutMs: 1 });
  register(publisher, "0");
  register(publisher, "1");
  expect(() => register(publisher, "2")).toThrow("buffer is full");
});

it("refuses an invalid event, naming the field, and one that is too large, before the channel sees it [BUS-03]", async () => {
  const publisher = publisherWith({ maxEventBytes: 1_000 });
  expect(() => publisher.publish("model.registered", { model_id: "m" })).toThrow("data.vendor: required");
  expect(() => publisher.publish("model.*", {})).toThrow("type: expected words");
  expect(() => register(publisher, "x".repeat(900))).toThrow("bytes, more than 1000");
  await expect(publisher.publish("model.registered", {}, { critical: true })).rejects.toThrow(
    "data.model_id: required",
  );
  register(publisher, "still works");
  await settled(publisher);
  expect(publisher.stats()).toMatchObject({ refused: 4, confirmed: 1 });
});

it("really connects and publishes health.check, and says when it cannot [EVT-05]", async () => {
  expect(await publisherWith().check()).toBeGreaterThan(0);
  proxy.break();
  await expect(publisherWith({ criticalTimeoutMs: 200, drainTimeoutMs: 1 }).check()).rejects.toMatchObject({
    code: "not_confirmed",
  });
});

it("drains what it holds when it is closed, and takes nothing afterwards [EVT-06]", async () => {
  const publisher = publisherWith();
  for (let i = 0; i < 200; i++) register(publisher, String(i));
  await publisher.close();
  expect(await received()).toHaveLength(200);
  expect(() => register(publisher, "late")).toThrow("closed");
});

it("refuses unknown options and bad values by name", () => {
  const options = { url: "http://x", source: "/a", whenful: "reject" } as PublisherOptions;
  expect(() => createPublisher(options)).toThrow(/url: expected an amqp:.*whenful: unknown field/);
});
