import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startProxy, type TcpProxy } from "../../../test/proxy.ts";
import {
  eventually,
  freshSubscriptions,
  numbers,
  type Subscriptions,
  taking,
} from "../../../test/subscriptions.ts";
import type { Event } from "../../core/envelope.ts";
import { UnavailableError } from "../../core/errors.ts";

let place: Subscriptions;
let proxy: TcpProxy;

beforeAll(async () => {
  place = await freshSubscriptions();
  proxy = await startProxy(place.vhost.url);
});

afterEach(async () => {
  proxy.heal();
  await place.closeAll();
});

afterAll(async () => {
  await proxy.close();
  await place.drop();
});

describe("a lost connection", () => {
  it("leaves ordered events in their order, whoever of those that share the queue goes on [EVT-06]", async () => {
    const handled = new Set<string>();
    const handler = async ({ id }: Event) => {
      await new Promise(setImmediate);
      handled.add(id);
    };
    for (const url of [proxy.url, place.vhost.url, proxy.url])
      await place.subscribe({ url, queue: "ordered-cut", ordered: true, handler }).ready();
    await place.publish("order.placed", ...numbers(600));
    for (const enough of [100, 300]) {
      await eventually(() => handled.size, 5).toBeGreaterThan(enough);
      proxy.cut();
    }
    await eventually(() => handled.size).toBe(600);
    expect([...handled]).toEqual(numbers(600));
  });

  it("loses nothing; the handlers under way end first, and what they did is not done again [EVT-06]", async () => {
    const taken = taking();
    let running = 0;
    const subscriber = place.subscribe({
      url: proxy.url,
      queue: "cut",
      concurrency: 5,
      handler: async (event, context) => {
        expect(++running).toBeLessThanOrEqual(5);
        await new Promise((resolve) => setTimeout(resolve, 2));
        running--;
        await taken.handler(event, context);
      },
    });
    await subscriber.ready();
    await place.publish("order.placed", ...numbers(1_000));
    for (const [cuts, enough] of [100, 300, 600].entries()) {
      await eventually(() => taken.ids.length, 5).toBeGreaterThan(enough);
      proxy.cut();
      await eventually(() => subscriber.stats()).toMatchObject({ connected: true, reconnections: cuts + 1 });
    }
    await eventually(() => place.ready("cut")).toBe(0);
    await eventually(() => new Set(taken.ids).size).toBe(1_000);
    expect(taken.ids.length).toBe(1_000);
    expect(subscriber.stats()).toMatchObject({ connected: true, reconnections: 3 });
  });

  it("is not caused by a handler that is slower than the heartbeat", async () => {
    const taken = taking();
    const subscriber = place.subscribe({
      queue: "slow",
      heartbeatSeconds: 1,
      handler: async (event, context) => {
        await new Promise((resolve) => setTimeout(resolve, 3_500));
        await taken.handler(event, context);
      },
    });
    await subscriber.ready();
    await place.publish("order.placed", "1");
    await eventually(() => subscriber.stats().consumed).toBe(1);
    expect(subscriber.stats()).toMatchObject({ reconnections: 0, handled: 1 });
    expect(subscriber.stats().handlerTimeMs.p50).toBeGreaterThan(3_400);
  });

  it("caused by a handler that blocks the process costs no event, and repeats none", async () => {
    const taken = taking();
    const subscriber = place.subscribe({
      queue: "blocking",
      heartbeatSeconds: 1,
      handler: async (event, context) => {
        await taken.handler(event, context);
        if (event.id === "1") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_000);
      },
    });
    await subscriber.ready();
    await place.publish("order.placed", "1", "2");
    await eventually(() => subscriber.stats()).toMatchObject({
      connected: true,
      reconnections: 1,
      handled: 2,
      inFlight: 0,
    });
    await eventually(() => subscriber.stats().repeated).toBeGreaterThan(0);
    expect(await place.ready("blocking")).toBe(0);
    expect(taken.ids).toEqual(["1", "2"]);
  });

  it("ends when the queue, deleted by somebody, is declared again", async () => {
    const taken = taking();
    await place.subscribe({ queue: "deleted", handler: taken.handler }).ready();
    const channel = await place.admin.createChannel();
    await channel.deleteQueue("deleted");
    await channel.close();
    // What is published before it is there again is not for it.
    await eventually(() => place.publish("order.placed", "1").then(() => taken.ids.length)).toBeGreaterThan(
      0,
    );
  });
});

describe("close", () => {
  it("waits for the handlers under way and acknowledges them; what was only fetched goes back [EVT-06]", async () => {
    const taken = taking();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const subscriber = place.subscribe({
      queue: "closing",
      concurrency: 3,
      handler: async (event, context) => {
        await held;
        await taken.handler(event, context);
      },
    });
    await subscriber.ready();
    await place.publish("order.placed", ...numbers(10));
    await eventually(() => subscriber.stats().inFlight).toBe(3);
    const closed = subscriber.close();
    release();
    await closed;
    expect(taken.ids).toEqual(["0", "1", "2"]);
    await eventually(() => place.ready("closing")).toBe(7);
    expect(subscriber.stats()).toMatchObject({ connected: false, consumed: 3 });
    await subscriber.close();
  });

  it("does not wait for what is away, nor for longer than it may", async () => {
    const waiting = place.subscribe({
      queue: "away",
      handler: () => {
        throw new UnavailableError("away");
      },
    });
    const stuck = place.subscribe({
      queue: "stuck",
      drainTimeoutMs: 50,
      handler: () => new Promise(() => undefined),
    });
    await Promise.all([waiting.ready(), stuck.ready()]);
    await place.publish("order.placed", "1");
    await eventually(() => stuck.stats().inFlight).toBe(1);
    await Promise.all([waiting.close(), stuck.close()]);
    await eventually(async () => [await place.ready("away"), await place.ready("stuck")]).toEqual([1, 1]);
  });
});
