import { createHash } from "node:crypto";
import { once } from "node:events";
import { inspect } from "node:util";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type Platform, type Problem, startPlatform } from "../platform.ts";
import { point, type RawPoint } from "../points.ts";
import { connectStream, type StreamClient } from "../stream-client.ts";

let platform: Platform;
let clients: StreamClient[] = [];

beforeAll(async () => {
  platform = await startPlatform();
});

afterEach(async () => {
  for (const { socket } of clients) socket.terminate();
  clients = [];
});

afterAll(async () => {
  await platform.stop();
});

const SUBSCRIBE = "/api/v1/telemetry/subscribe";

interface Subscribed {
  subscription_id: string;
  message: string;
  websocket_url: string;
}

const subscribe = async (wanted: object = {}): Promise<Subscribed> => {
  const { status, body } = await platform.post<Subscribed>(SUBSCRIBE, { max_frequency: 100, ...wanted });
  expect(status).toBe(200);
  return body;
};

const connect = async (path: string, url = platform.url): Promise<StreamClient> => {
  const client = await connectStream(url, path);
  clients.push(client);
  return client;
};

const listen = async (wanted?: object): Promise<StreamClient> =>
  connect((await subscribe(wanted)).websocket_url);

const send = async (device: string, ...points: RawPoint[]): Promise<void> => {
  const path = `/api/v1/telemetry/devices/${device}/telemetry/batch`;
  const { status } = await platform.post(path, { data_points: points });
  expect(status).toBe(200);
};

const soon = <Value>(read: () => Value) => expect.poll(read, { timeout: 10_000, interval: 10 });

const liveIds = async () =>
  (await platform.runtime.dependencies.registry.connections.live()).map(
    ({ subscriptionId }) => subscriptionId,
  );

describe("a subscription", () => {
  it("is created with its id and where to connect, by a single-use ticket [E5-US1 AC1, E5-US1 AC4]", async () => {
    const { subscription_id, message, websocket_url } = await subscribe({
      device_ids: ["device_001", "device_002"],
      metric_names: ["temperature", "humidity"],
      tags: {},
      max_frequency: 1_000,
    });
    expect(subscription_id).toMatch(/^sub_[0-9a-z]{16}$/);
    expect(message).toBe("Subscription created successfully");
    expect(websocket_url).toMatch(new RegExp(`^/ws/telemetry/${subscription_id}\\?ticket=[\\w-]{43}$`));
  });

  it("has 1,000 ms between frames unless it says otherwise, and filters nothing [E5-US1 AC2, E5-US1 AC3]", async () => {
    const { body } = await platform.post<Subscribed>(SUBSCRIBE, {});
    expect(
      await platform.runtime.dependencies.registry.subscriptions.find(body.subscription_id),
    ).toMatchObject({
      deviceIds: [],
      metricNames: [],
      tags: {},
      maxFrequencyMs: 1_000,
      createdBy: "key_admin",
    });
  });

  it.each([
    ["a frequency under 100 ms", { max_frequency: 99 }, "max_frequency"],
    ["a frequency over 10,000 ms", { max_frequency: 10_001 }, "max_frequency"],
    ["a device id that cannot be", { device_ids: ["no spaces"] }, "device_ids[0]"],
    ["a field that there is not", { device_id: "d" }, "device_id"],
  ])("is refused with %s [E5-US1 AC3]", async (_, body, path) => {
    const answer = await platform.post<Problem>(SUBSCRIBE, body);
    expect([answer.status, JSON.stringify(answer.body.errors)]).toEqual([400, expect.stringContaining(path)]);
  });

  it("needs a key that may read", async () => {
    expect((await platform.post(SUBSCRIBE, {}, { key: null })).status).toBe(401);
  });
});

describe("the stream", () => {
  it("sends what is measured to who connected, as JSON [E5-US2 AC1, E5-US2 AC2, FR-017]", async () => {
    const { subscription_id, websocket_url } = await subscribe({ device_ids: ["json"] });
    const client = await connect(websocket_url);
    const sent = point({ value: 21.5, unit: "°C", tags: { site: "a" }, metadata: { n: 1 } });
    await send("json", sent);
    await soon(() => client.frames).toEqual([
      { type: "data", subscription_id, dropped: 0, data_points: [{ device_id: "json", ...sent }] },
    ]);
  });

  it("sends only what device, metric and tags let through [E5-US1 AC2]", async () => {
    const wanted = { device_ids: ["f-1", "f-2"], metric_names: ["temperature"], tags: { site: "a" } };
    const client = await listen(wanted);
    const everything = await listen({ metric_names: ["humidity", "temperature", "last"] });
    const tags = { site: "a", floor: "2" };
    await send("f-3", point({ value: "another device", tags }));
    await send("f-1", point({ metric_name: "humidity", value: "another metric", tags }));
    await send("f-1", point({ value: "another tag", tags: { site: "b" } }));
    await send("f-2", point({ value: "no tags" }));
    await send("f-1", point({ value: "wanted", tags }));
    await send("f-9", point({ metric_name: "last", value: "last" }));
    await soon(() => everything.valuesOf("last")).toEqual(["last"]);
    await soon(() => client.valuesOf("temperature")).toEqual(["wanted"]);
    expect(client.valuesOf("humidity")).toEqual([]);
  });

  it("keeps to max_frequency, and sends the last value of each series in the end [E5-US2 AC3, E5-US1 AC3, FR-018]", async () => {
    const client = await listen({ device_ids: ["fast"], max_frequency: 300 });
    const slower = await listen({ device_ids: ["fast"], max_frequency: 1_500 });
    const startedAt = performance.now();
    let value = 0;
    while (slower.frames.length < 2) {
      await send("fast", point({ value: ++value }), point({ metric_name: "humidity", value: -value }));
    }
    for (const [metric, last] of [
      ["temperature", value],
      ["humidity", -value],
    ] as const) {
      await soon(() => client.valuesOf(metric).at(-1)).toBe(last);
      await soon(() => slower.valuesOf(metric).at(-1)).toBe(last);
    }
    const elapsed = performance.now() - startedAt;
    expect(client.frames.length).toBeLessThanOrEqual(elapsed / 300 + 1);
    expect(slower.frames.length).toBeLessThanOrEqual(elapsed / 1_500 + 1);
    const temperatures = client.valuesOf("temperature") as number[];
    expect(temperatures).toEqual([...new Set(temperatures)].sort((a, b) => a - b));
  });

  it.each([
    ["that there is not", async () => "/ws/telemetry/sub_unknown?ticket=none"],
    [
      "whose ticket was used",
      async () => {
        const { websocket_url } = await subscribe();
        await connect(websocket_url);
        return websocket_url;
      },
    ],
    ["with no ticket", async () => `/ws/telemetry/${(await subscribe()).subscription_id}`],
    [
      "with another's ticket",
      async () => {
        const [mine, other] = [await subscribe(), await subscribe()];
        return mine.websocket_url.replace(mine.subscription_id, other.subscription_id);
      },
    ],
    [
      "that was cancelled",
      async () => {
        const { subscription_id, websocket_url } = await subscribe();
        await platform.delete(`${SUBSCRIBE}/${subscription_id}`);
        return websocket_url;
      },
    ],
  ])("tells who comes for a subscription %s so, and closes with 4004 [E5-US2 AC4]", async (_, pathOf) => {
    const client = await connect(await pathOf());
    expect((await client.closed).code).toBe(4_004);
    expect(client.frames).toEqual([
      { type: "error", code: 4_004, message: expect.stringContaining("ticket") },
    ]);
  });

  it("forgets a connection when its client leaves, and lets the client come again with a new ticket [E5-US2 AC5]", async () => {
    const { subscription_id, websocket_url } = await subscribe({ device_ids: ["again"] });
    const first = await connect(websocket_url);
    expect(await liveIds()).toContain(subscription_id);
    first.socket.terminate();
    await soon(liveIds).not.toContain(subscription_id);
    const ticket = await platform.post<Subscribed>(`${SUBSCRIBE}/${subscription_id}/ticket`, undefined);
    const second = await connect(ticket.body.websocket_url);
    await send("again", point({ value: "again" }));
    await soon(() => second.valuesOf("temperature")).toEqual(["again"]);
    expect((await platform.post(`${SUBSCRIBE}/sub_unknown/ticket`, undefined)).status).toBe(404);
  });

  it("gives the place of a connection to the one that comes after it", async () => {
    const { subscription_id, websocket_url } = await subscribe();
    const first = await connect(websocket_url);
    const ticket = await platform.post<Subscribed>(`${SUBSCRIBE}/${subscription_id}/ticket`, undefined);
    const second = await connect(ticket.body.websocket_url);
    expect((await first.closed).code).toBe(4_001);
    expect(second.socket.readyState).toBe(WebSocket.OPEN);
    expect(await liveIds()).toContain(subscription_id);
  });

  it("answers a ping, and says what it does not understand", async () => {
    const client = await listen();
    client.socket.send('{"type":"ping"}');
    await soon(() => client.frames).toEqual([{ type: "pong" }]);
    client.socket.send("hello");
    await soon(() => client.frames.at(-1)).toMatchObject({ type: "error", code: 4_000 });
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });

  it("keeps the others on time while a client does not read at all [E5-US2 AC3, FR-017]", async () => {
    const slow = await listen({ device_ids: ["heavy"] });
    slow.socket.pause();
    const other = await listen({ device_ids: ["heavy"], metric_names: ["beat"] });
    const value = "x".repeat(15_000);
    const heavy = Array.from({ length: 20 }, (_, i) => point({ metric_name: `load_${i}`, value }));
    for (let beat = 0; beat < 60; beat++) {
      await send("heavy", ...heavy, point({ metric_name: "beat", value: beat }));
      await soon(() => other.valuesOf("beat").at(-1)).toBe(beat);
    }
    expect(slow.frames).toEqual([]);
    slow.socket.resume();
    // The kernel's buffers hold the oldest frames; what comes behind them is the newest.
    await soon(() => slow.valuesOf("beat").at(-1)).toBe(59);
    expect(slow.valuesOf("beat").length).toBeLessThan(60);
  });

  it("takes no WebSocket elsewhere, and no message over 128 KB", async () => {
    const elsewhere = new WebSocket(`${platform.url.replace("http", "ws")}/ws/elsewhere`);
    const [error] = (await once(elsewhere, "error")) as [Error];
    expect(error.message).toContain("404");
    const client = await listen();
    client.socket.send("x".repeat(128 * 1_024 + 1));
    expect((await client.closed).code).toBe(1_009);
  });
});

describe("cancelling", () => {
  it("ends the subscription, closes its connection and says so [E5-US3 AC1, E5-US3 AC2, E5-US3 AC4]", async () => {
    const { subscription_id, websocket_url } = await subscribe();
    const client = await connect(websocket_url);
    const { status, body } = await platform.delete(`${SUBSCRIBE}/${subscription_id}`);
    expect([status, body]).toEqual([
      200,
      { success: true, subscription_id, message: "Subscription cancelled successfully" },
    ]);
    expect((await client.closed).code).toBe(1_000);
    expect(await liveIds()).not.toContain(subscription_id);
  });

  it("answers 404 for a subscription that there is not, or no more [E5-US3 AC3]", async () => {
    const { subscription_id } = await subscribe();
    const cancel = () => platform.delete<Problem>(`${SUBSCRIBE}/${subscription_id}`);
    expect((await cancel()).status).toBe(200);
    expect((await cancel()).status).toBe(404);
  });
});

describe("a ticket", () => {
  it("is in no log, and in the database as a hash only", async () => {
    const lines: string[] = [];
    const note = (message: string, details?: object) => {
      lines.push(`${message} ${inspect(details, { depth: 10 })}`);
    };
    const other = await startPlatform({ logger: { debug: note, info: note, warn: note, error: note } });
    const { body } = await other.post<Subscribed>(SUBSCRIBE, {});
    const { ticket = "" } = Object.fromEntries(new URL(body.websocket_url, other.url).searchParams);
    const database = new Client({ connectionString: other.databaseUrl });
    await database.connect();
    const { rows } = await database.query("SELECT encode(hash, 'hex') AS hash FROM subscription_tickets");
    expect(rows).toEqual([{ hash: createHash("sha256").update(ticket).digest("hex") }]);
    await database.end();
    await connect(body.websocket_url, other.url);
    const again = await connect(body.websocket_url, other.url);
    expect((await again.closed).code).toBe(4_004);
    await other.stop();
    expect(lines.join("\n")).toContain(body.subscription_id);
    expect(lines.join("\n")).not.toContain(ticket);
  });
});

describe("a platform that stops", () => {
  it("closes its connections with 1001, and leaves none behind", async () => {
    const other = await startPlatform();
    const { body } = await other.post<Subscribed>(SUBSCRIBE, {});
    const client = await connect(body.websocket_url, other.url);
    const [{ code }] = await Promise.all([client.closed, other.stop()]);
    expect(code).toBe(1_001);
  });
});
