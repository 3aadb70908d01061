import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { deadLetters } from "../../../test/faults/dead-letters.ts";
import {
  eventually,
  freshSubscriptions,
  numbers,
  type Subscriptions,
  taking,
} from "../../../test/subscriptions.ts";
import type { Event } from "../../core/envelope.ts";
import { PermanentError, UnavailableError } from "../../core/errors.ts";
import { headers } from "../message.ts";
import type { EventContext } from "./delivery.ts";

let place: Subscriptions;

beforeAll(async () => {
  place = await freshSubscriptions();
});

afterEach(async () => {
  await place.closeAll();
  const channel = await place.admin.createChannel();
  await channel.purgeQueue("dlq.dead_letters");
  await channel.close();
});

afterAll(async () => {
  await place.drop();
});

/** Sends a message into a queue the way that the rungs and replays do. */
async function returnTo(queue: string, body: string, given: Record<string, string | number> = {}) {
  const channel = await place.admin.createConfirmChannel();
  channel.publish("retry.return", queue, Buffer.from(body), {
    headers: given,
    messageId: "m",
    mandatory: true,
  });
  await channel.waitForConfirms();
  await channel.close();
}

describe("what a subscriber gets", () => {
  it("is every event that matches, whoever else subscribes [EVT-02]", async () => {
    const [exact, star, hash] = [taking(), taking(), taking()];
    await Promise.all([
      place.subscribe({ queue: "exact", patterns: ["order.placed"], handler: exact.handler }).ready(),
      place.subscribe({ queue: "star", patterns: ["order.*"], handler: star.handler }).ready(),
      place
        .subscribe({ queue: "hash", patterns: ["order.#", "model.registered"], handler: hash.handler })
        .ready(),
    ]);
    await place.publish("order.placed", "1");
    await place.publish("order.paid", "2");
    await place.publish("order.item.returned", "3");
    await place.publish("model.registered", "4");
    await eventually(() => hash.ids.toSorted()).toEqual(["1", "2", "3", "4"]);
    await eventually(() => star.ids).toEqual(["1", "2"]);
    await eventually(() => exact.ids).toEqual(["1"]);
  });

  it("is shared by those that name the same queue [EVT-02]", async () => {
    const [one, other] = [taking(), taking()];
    await place.subscribe({ queue: "shared", handler: one.handler, prefetch: 1 }).ready();
    await place.subscribe({ queue: "shared", handler: other.handler, prefetch: 1 }).ready();
    await place.publish("order.placed", ...numbers(100));
    const both = () =>
      [...one.ids, ...other.ids]
        .map(Number)
        .sort((a, b) => a - b)
        .map(String);
    await eventually(both).toEqual(numbers(100));
    expect(one.ids.length).toBeGreaterThan(0);
    expect(other.ids.length).toBeGreaterThan(0);
  });

  it("comes with where it was published, in order, and waits while nobody is there [EVT-02]", async () => {
    const first = taking();
    const before = place.subscribe({ queue: "durable", handler: first.handler });
    await before.ready();
    await before.close();
    await place.publish("order.placed", ...numbers(50));
    const later = taking();
    await place.subscribe({ queue: "durable", handler: later.handler }).ready();
    await eventually(() => later.ids).toEqual(numbers(50));
    expect(later.contexts[0]).toMatchObject({
      queue: "durable",
      attempt: 1,
      redelivered: false,
      exchange: "domain.events",
      routingKey: "order.placed",
      correlationId: expect.stringMatching(/./),
    });
  });

  it("no longer matches a pattern that it is unbound from", async () => {
    const { handler } = taking();
    const before = place.subscribe({ queue: "changed", patterns: ["order.*", "parcel.*"], handler });
    await before.ready();
    await before.close();
    const taken = taking();
    const unbind = ["parcel.*", "order.*"];
    await place
      .subscribe({ queue: "changed", patterns: ["order.*"], unbind, handler: taken.handler })
      .ready();
    await place.publish("parcel.lost", "1");
    await place.publish("order.placed", "2");
    await eventually(() => taken.ids).toEqual(["2"]);
  });
});

describe("an event that fails", () => {
  it("comes again to its own queue after a second, with the attempt's number [EVT-02]", async () => {
    const [failing, other] = [taking(), taking()];
    const subscriber = place.subscribe({
      queue: "failing",
      handler: async (event, context) => {
        await failing.handler(event, context);
        if (context.attempt === 1) throw new Error("not yet");
      },
    });
    await subscriber.ready();
    await place.subscribe({ queue: "other", handler: other.handler }).ready();
    await place.publish("order.item.placed", "1");
    const startedAt = performance.now();
    await eventually(() => failing.contexts.length).toBe(2);
    expect(performance.now() - startedAt).toBeGreaterThan(500);
    expect(failing.contexts[1]).toMatchObject({
      attempt: 2,
      exchange: "domain.events",
      routingKey: "order.item.placed",
    });
    expect(other.ids).toEqual(["1"]);
    await eventually(() => subscriber.stats()).toMatchObject({
      failed: 1,
      retried: 1,
      handled: 1,
      consumed: 2,
    });
  });

  it("is among the dead letters after its last retry, with its queue, error and attempts [EVT-02]", async () => {
    const subscriber = place.subscribe({
      queue: "given-up",
      handler: () => {
        throw new TypeError("never works");
      },
    });
    await subscriber.ready();
    const body = JSON.stringify(eventOf("1"));
    const attempts = JSON.stringify([1, 2, 3].map(() => ({ at: "", error: "Error", message: "" })));
    await returnTo("given-up", body, { [headers.attempt]: 3, [headers.attempts]: attempts });
    await eventually(() => deadLetters(place.vhost.url)).toMatchObject([
      {
        queue: "given-up",
        errorType: "TypeError",
        errorMessage: "never works",
        errorStack: expect.stringContaining("subscriber.test.ts"),
      },
    ]);
    expect(subscriber.stats()).toMatchObject({ failed: 1, retried: 0, deadLettered: 1, handled: 0 });
  });

  it("is there at once if it will never pass, or is no event; replayed, it comes to this queue only", async () => {
    const [refusing, other] = [taking(), taking()];
    let broken = true;
    const subscriber = place.subscribe({
      queue: "refusing",
      handler: async (event, context) => {
        if (broken) throw new PermanentError("bad value", { code: "bad_value" });
        await refusing.handler(event, context);
      },
    });
    await subscriber.ready();
    await place.subscribe({ queue: "bystander", handler: other.handler }).ready();
    await place.publish("order.placed", "1");
    await returnTo("refusing", "garbage");
    await eventually(async () => (await deadLetters(place.vhost.url)).length).toBe(2);
    const [first, second] = await deadLetters(place.vhost.url);
    expect(first).toMatchObject({ queue: "refusing", errorCode: "bad_value" });
    expect(second).toMatchObject({ queue: "refusing", errorCode: "undecodable" });
    broken = false;
    await returnTo(first?.queue ?? "", first?.body.toString() ?? "");
    await eventually(() => refusing.ids).toEqual(["1"]);
    expect(other.ids).toEqual(["1"]);
  });

  it("waits with all behind it, at no cost of attempts, while what its handler needs is away", async () => {
    const taken = taking();
    let calls = 0;
    const subscriber = place.subscribe({
      queue: "waiting",
      handler: async (event, context) => {
        if (++calls < 4) throw new UnavailableError("the store is away");
        await taken.handler(event, context);
      },
    });
    await subscriber.ready();
    await place.publish("order.placed", "1", "2", "3");
    await eventually(() => taken.ids).toEqual(["1", "2", "3"]);
    expect(taken.contexts.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
    expect(subscriber.stats()).toMatchObject({ failed: 0, retried: 0 });
  });

  it("holds its place where events are ordered, in all processes together [EVT-02]", async () => {
    const handled: string[] = [];
    let working = 0;
    const handler = async ({ id }: Event, { attempt }: EventContext) => {
      expect(++working).toBe(1);
      await new Promise(setImmediate);
      working--;
      if (id === "3" && attempt === 1) throw new Error("not yet");
      handled.push(id);
    };
    await place.subscribe({ queue: "ordered", ordered: true, handler }).ready();
    await place.subscribe({ queue: "ordered", ordered: true, handler }).ready();
    await place.publish("order.placed", ...numbers(10));
    await eventually(() => handled).toEqual(numbers(10));
  });
});

it("gives up an event that was handed out a thousand times and never answered", async () => {
  const taken = taking();
  await place.subscribe({ queue: "endless", handler: taken.handler }).ready();
  const handled = () => taken.ids;
  await returnTo("endless", JSON.stringify(eventOf("1")), { "x-delivery-count": 1_000 });
  await returnTo("endless", JSON.stringify(eventOf("2")));
  await eventually(handled).toEqual(["2"]);
  expect(await deadLetters(place.vhost.url)).toMatchObject([
    {
      queue: "endless",
      errorCode: "delivered_too_often",
      errorMessage: "delivered 1000 times and never answered",
    },
  ]);
});

describe("a subscription", () => {
  it("that nobody consumes keeps its newest events, up to its limit, and refuses none [EVT-02]", async () => {
    const limited = { queue: "abandoned", maxQueueLength: 10 };
    const before = place.subscribe({ ...limited, handler: taking().handler });
    await before.ready();
    await before.close();
    await place.publish("order.placed", ...numbers(50));
    await eventually(() => place.ready("abandoned")).toBe(10);
    expect(await deadLetters(place.vhost.url)).toEqual([]);
    const taken = taking();
    const after = place.subscribe({ ...limited, handler: taken.handler });
    await after.ready();
    await eventually(() => taken.ids).toEqual(numbers(50).slice(40));
    expect(await after.fill()).toEqual({ ready: 0, consumers: 1, limit: 10 });
  });

  it("cannot be had with other arguments than its queue was declared with", async () => {
    await place.subscribe({ queue: "fixed", handler: taking().handler }).ready();
    const other = place.subscribe({ queue: "fixed", maxQueueLength: 7, handler: taking().handler });
    await expect(other.ready()).rejects.toMatchObject({
      name: "PermanentError",
      code: "queue_differs",
      message: expect.stringContaining("the queue fixed is there with other arguments"),
    });
    expect(other.stats()).toMatchObject({
      connected: false,
      lastError: expect.stringContaining("x-max-length"),
    });
    await expect(other.fill()).rejects.toBeInstanceOf(UnavailableError);
  });

  it("can be read: rates, times and what became of its events [EVT-07]", async () => {
    const subscriber = place.subscribe({ queue: "observed", handler: taking().handler });
    await subscriber.ready();
    await place.publish("order.placed", ...numbers(20));
    await eventually(() => subscriber.stats().consumed).toBe(20);
    const stats = subscriber.stats();
    expect(stats).toMatchObject({
      connected: true,
      handled: 20,
      failed: 0,
      deadLettered: 0,
      repeated: 0,
      inFlight: 0,
    });
    expect(stats.connectionUptimeMs).toBeGreaterThan(0);
    expect(stats.consumedPerSecond).toBeGreaterThan(0);
    expect(stats.endToEndMs.p99).toBeGreaterThanOrEqual(stats.endToEndMs.p50);
    expect(stats.handlerTimeMs.p99).toBeGreaterThan(0);
  });
});

const eventOf = (id: string) => ({
  specversion: "1.0",
  id,
  source: "/test",
  type: "order.placed",
  time: new Date().toISOString(),
  correlation_id: "c",
});
