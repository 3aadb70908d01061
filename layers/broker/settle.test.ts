import { type ChannelModel, connect } from "amqplib";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type Fresh, freshVhost } from "../../test/fresh.ts";
import { silentLogger } from "../../test/silent-logger.ts";
import { PermanentError, UnavailableError } from "../core/errors.ts";
import { topology } from "../topology/topology.ts";
import { type Bus, createBus } from "./bus.ts";
import { declareTopology } from "./declare.ts";
import type { Delivery } from "./delivery.ts";
import { attemptsOf } from "./retry.ts";
import { type Failure, settleBatch } from "./settle.ts";

let vhost: Fresh;
let admin: ChannelModel;
let bus: Bus;

beforeAll(async () => {
  vhost = await freshVhost();
  admin = await connect(vhost.url);
  await declareTopology(admin, topology());
  bus = createBus({ url: vhost.url, name: "test" });
});

afterEach(async () => {
  const channel = await admin.createChannel();
  for (const queue of ["dlq.dead_letters", "retry.1s", "retry.5s", "retry.30s", "metrics.updates"])
    await channel.purgeQueue(queue);
  await channel.close();
});

afterAll(async () => {
  await bus.close();
  await admin.close();
  await vhost.drop();
});

const delivery = (body: string, headers: Delivery["headers"] = {}): Delivery => ({
  queue: "metrics.updates",
  body: Buffer.from(body),
  messageId: body,
  headers,
  redelivered: false,
});

interface Item {
  name: string;
}

type Handle = (items: readonly Item[]) => Promise<readonly Failure<Item>[] | undefined>;

const settle = (deliveries: Delivery[], handle: Handle, patienceMs = 45_000) =>
  settleBatch<Item>(deliveries, {
    decode: ({ body }) => {
      if (body.toString() === "garbage") throw new PermanentError("not an event", { code: "undecodable" });
      return { name: body.toString() };
    },
    handle,
    bus,
    logger: silentLogger,
    patienceMs,
    firstPauseMs: 1,
  });

/** What waits in a queue: bodies, and the headers as a consumer would see them. */
async function messagesIn(queue: string): Promise<Delivery[]> {
  const channel = await admin.createChannel();
  const found: Delivery[] = [];
  for (
    let got = await channel.get(queue, { noAck: true });
    got;
    got = await channel.get(queue, { noAck: true })
  ) {
    const { headers } = got.properties;
    found.push({
      ...delivery(got.content.toString(), headers as Delivery["headers"]),
      queue: got.fields.routingKey,
    });
  }
  await channel.close();
  return found;
}

const names = async (queue: string) => (await messagesIn(queue)).map(({ body }) => body.toString());

it("hands the whole batch to the handler and settles it when that returns", async () => {
  const batches: string[][] = [];
  await settle([delivery("a"), delivery("b")], async (items) => {
    batches.push(items.map(({ name }) => name));
    return undefined;
  });
  expect(batches).toEqual([["a", "b"]]);
  expect(await names("dlq.dead_letters")).toEqual([]);
});

it("sends what cannot be decoded to the dead letters at once, and handles the rest [BUS-09]", async () => {
  const handled: string[] = [];
  await settle([delivery("a"), delivery("garbage"), delivery("b")], async (items) => {
    handled.push(...items.map(({ name }) => name));
    return undefined;
  });
  expect(handled).toEqual(["a", "b"]);
  const [dead] = await messagesIn("dlq.dead_letters");
  expect(dead?.headers).toMatchObject({
    "x-failed-queue": "metrics.updates",
    "x-error-type": "PermanentError",
    "x-error-code": "undecodable",
    "x-error-message": "not an event",
  });
  expect(dead?.headers["x-error-stack"]).toContain("settle.test.ts");
});

it("finds the one message at fault among many by halving, whatever its place", async () => {
  for (const poison of [0, 7, 99]) {
    const stored = new Set<string>();
    const batch = Array.from({ length: 100 }, (_, i) => delivery(i === poison ? "poison" : `good-${i}`));
    await settle(batch, async (items) => {
      if (items.some(({ name }) => name === "poison"))
        throw new PermanentError("bad value", { code: "data_refused" });
      for (const { name } of items) stored.add(name);
      return undefined;
    });
    expect(stored.size).toBe(99);
    expect(await names("dlq.dead_letters")).toEqual(["poison"]);
  }
});

it("takes a failing message over the rungs of 1, 5 and 30 seconds, then to the dead letters [BUS-10]", async () => {
  const fail = async () => {
    throw new TypeError("undefined is not a function");
  };
  let next = delivery("a", { keep: "me" });
  for (const rung of ["retry.1s", "retry.5s", "retry.30s", "dlq.dead_letters"]) {
    await settle([next], fail);
    const [moved, ...others] = await messagesIn(rung);
    expect(others).toEqual([]);
    expect(moved).toMatchObject({ queue: "metrics.updates", messageId: "a" });
    next = moved ?? delivery("lost");
  }
  expect(next.headers.keep).toBe("me");
  expect(attemptsOf(next)).toHaveLength(4);
  expect(attemptsOf(next)[0]).toMatchObject({ error: "TypeError", message: "undefined is not a function" });
});

it("brings a message on a rung back to the queue it failed in, after the rung's delay [BUS-09]", async () => {
  await settle([delivery("later")], async ([item]) =>
    item ? [{ item, error: new Error("not yet") }] : undefined,
  );
  const startedAt = performance.now();
  await expect.poll(() => names("metrics.updates"), { timeout: 5_000, interval: 50 }).toEqual(["later"]);
  expect(performance.now() - startedAt).toBeGreaterThan(500);
});

it("waits for a store that is gone, without touching a message [BUS-09]", async () => {
  let calls = 0;
  await settle([delivery("a")], async () => {
    calls++;
    if (calls < 4) throw new UnavailableError("the store is gone");
    return undefined;
  });
  expect(calls).toBe(4);
  expect(await names("retry.1s")).toEqual([]);
});

it("gives the whole batch back when the store stays away beyond its patience", async () => {
  const gone = new UnavailableError("the store is gone");
  await expect(settle([delivery("a")], () => Promise.reject(gone), 20)).rejects.toBe(gone);
  expect(await names("dlq.dead_letters")).toEqual([]);
});

it("gives the whole batch back when a dead letter cannot be stored", async () => {
  const away = createBus({ url: "amqp://127.0.0.1:1", name: "test", deadlineMs: 200 });
  const options = { decode: () => ({ name: "x" }), bus: away, logger: silentLogger };
  const handle: Handle = async () => Promise.reject(new PermanentError("bad"));
  await expect(settleBatch([delivery("a")], { ...options, handle })).rejects.toMatchObject({
    code: "broker_unavailable",
  });
  await away.close();
});
