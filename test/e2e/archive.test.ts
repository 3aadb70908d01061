import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Platform, type Problem, startPlatform } from "../platform.ts";
import { point } from "../points.ts";
import { silentLogger } from "../silent-logger.ts";
import { telemetry } from "../telemetry.ts";
import { temporaryHome } from "../temporary-home.ts";

let platform: Platform;
let folder: string;
let env: Record<string, string>;
const logged: object[] = [];

beforeAll(async () => {
  const logger = {
    ...silentLogger,
    info: (message: string, details = {}) => logged.push({ message, ...details }),
  };
  [platform, folder] = await Promise.all([startPlatform({ logger }), temporaryHome()]);
  env = { TELEMETRY_URL: platform.url, TELEMETRY_API_KEY: platform.apiKey };
});

afterAll(async () => {
  await platform.stop();
  await rm(folder, { recursive: true });
});

interface Archived {
  event: { id: string; source: string; type: string };
  archived_at: string;
  depth: number;
  parents: string[];
}
interface Page {
  events: Archived[];
  count: number;
}

async function publish(
  ...events: { id: string; type: string; [attribute: string]: unknown }[]
): Promise<void> {
  const headers = { "content-type": "application/cloudevents-batch+json" };
  const batch = events.map((event) => ({ specversion: "1.0", source: "/shop", data: {}, ...event }));
  const answer = await platform.post("/api/v1/events", batch, { headers });
  expect(answer.status).toBe(202);
}

const search = async (query: string): Promise<Page> =>
  (await platform.get<Page>(`/api/v1/events?${query}`)).body;

const archived = (query: string, count: number) =>
  expect.poll(async () => (await search(query)).count, { timeout: 15_000 }).toBe(count);

const ids = ({ events }: Page) => events.map(({ event }) => event.id).sort();

describe("the archive", () => {
  it("keeps every event of the bus, whatever its exchange, once [EVT-01]", async () => {
    const model = { model_id: "m", vendor: "v" };
    const batch = [
      { id: "k-1", type: "model.registered", correlation_id: "kept", data: model },
      { id: "k-2", type: "api.latency", correlation_id: "kept", data: { duration_ms: 3 } },
      { id: "k-3", type: "api.error", correlation_id: "kept", data: { message: "m" } },
      { id: "k-4", type: "fireflies.transcript.ready", correlation_id: "kept" },
    ].map((event) => ({ ...event, time: new Date().toISOString() }));
    await publish(...batch);
    await archived("correlation_id=kept", 4);
    await publish(...batch, { id: "k-5", type: "order.item.placed", correlation_id: "kept" });
    await archived("correlation_id=kept", 5);
    expect(ids(await search("correlation_id=kept&type=api.*"))).toEqual(["k-2", "k-3"]);
    expect(ids(await search("correlation_id=kept&type=model.registered"))).toEqual(["k-1"]);
    expect(ids(await search("correlation_id=kept&source=/other"))).toEqual([]);
    expect((await search("correlation_id=kept&limit=2&offset=4")).events).toHaveLength(1);
    expect((await search("correlation_id=kept&type=model.*")).events).toMatchObject([
      { event: { source: "/shop", data: model, userid: "key_admin" }, archived_at: expect.any(String) },
    ]);
  });

  it("sends an event that it can never keep to the dead letters, and keeps the others of its batch", async () => {
    const time = new Date(Date.now() + 2 * 86_400_000).toISOString();
    await publish(
      { id: "f-1", type: "order.item.placed", correlation_id: "future" },
      { id: "f-2", type: "order.item.placed", correlation_id: "future", time },
      { id: "f-3", type: "log.line", correlation_id: "future", data: { message: "m" }, time },
    );
    await archived("correlation_id=future", 1);
    const dead = async () => {
      const path = "/api/v1/dead-letters?correlation_id=future";
      const { body } = await platform.get<{ dead_letters: { queue: string; event_id: string }[] }>(path);
      return body.dead_letters.map(({ queue, event_id }) => `${queue} ${event_id}`).sort();
    };
    await expect.poll(dead, { timeout: 15_000 }).toEqual(["analytics.events f-2", "logs.entries f-3"]);
  });

  it("leaves measurements to their own store", async () => {
    const path = "/api/v1/telemetry/devices/device_001/telemetry";
    const headers = { "x-correlation-id": "measured" };
    expect((await platform.post(path, point(), { headers })).status).toBe(200);
    await publish({ id: "m-1", type: "order.item.placed", correlation_id: "measured" });
    await archived("correlation_id=measured", 1);
  });

  it.each(["type=model.*.x", "type=.*", "limit=1001", "kind=x"])("refuses %s", async (query) => {
    const { status, body } = await platform.get<Problem>(`/api/v1/events?${query}`);
    expect([status, body.errors?.[0]?.path]).toEqual([400, query.split("=")[0]]);
  });

  it("answers every event with an id, of whatever source", async () => {
    await publish(
      { id: "same", type: "order.item.placed", source: "/a" },
      { id: "same", type: "order.item.placed", source: "/b" },
    );
    await archived("source=/b", 1);
    const { body } = await platform.get<Page>("/api/v1/events/same");
    expect(body.events.map(({ event }) => event.source).sort()).toEqual(["/a", "/b"]);
    expect((await platform.get<Page>("/api/v1/events/same?source=/a")).body.count).toBe(1);
    expect((await platform.get("/api/v1/events/never")).status).toBe(404);
    await publish({ id: "a/b #7", type: "order.item.placed", correlation_id: "odd" });
    await archived("correlation_id=odd", 1);
    const odd = `/api/v1/events/${encodeURIComponent("a/b #7")}`;
    expect((await platform.get<Page>(odd)).body.count).toBe(1);
    expect((await platform.get<Page>(`${odd}/chain`)).body.count).toBe(1);
  });
});

describe("the chain of an event", () => {
  it("shows what led to it and what followed, as the command line published them [EVT-03, EVT-04, EVT-07]", async () => {
    const file = join(folder, "payload.json");
    await writeFile(file, JSON.stringify({ order: 7 }));
    const common = ["--payload-file", file, "--correlation-id", "chain-1"];
    const run = (id: string, ...more: string[]) =>
      telemetry(["publish", "order.item.placed", ...common, "--id", id, ...more], { env });
    expect(await run("root")).toMatchObject({ code: 0 });
    expect(await run("child", "--parent", "root")).toMatchObject({ code: 0 });
    const other = ["--source", "/billing", "--parent", "/telemetry/cli#child"];
    expect(await run("grandchild", ...other)).toMatchObject({ code: 0 });
    await archived("correlation_id=chain-1", 3);
    const { status, body } = await platform.get<Page>("/api/v1/events/child/chain");
    expect([status, body]).toMatchObject([
      200,
      {
        event: { source: "/telemetry/cli", id: "child" },
        events: [
          { depth: -1, parents: [], event: { id: "root", data: { order: 7 } } },
          { depth: 0, parents: ["/telemetry/cli#root"], event: { id: "child" } },
          { depth: 1, parents: ["/telemetry/cli#child"], event: { id: "grandchild", source: "/billing" } },
        ],
        missing: [],
        count: 3,
        truncated: false,
      },
    ]);
    const line = { message: "chain look-up", events: 3, missing: 0, truncated: false };
    expect(logged).toContainEqual({ ...line, durationMs: expect.any(Number) });
    const { body: usage } = await platform.get<{ chain_lookups: { count: number } }>("/metrics");
    expect(usage.chain_lookups.count).toBeGreaterThan(0);
    const short = (await platform.get<Page>("/api/v1/events/root/chain?depth=1")).body;
    expect(short).toMatchObject({ count: 2, truncated: true });
  });

  it("asks which event is meant where several sources have the id [EVT-04]", async () => {
    await publish(
      { id: "twin", type: "order.item.placed", source: "/a" },
      { id: "twin", type: "order.item.placed", source: "/c", parentids: "gone" },
    );
    await archived("source=/c", 1);
    const refused = await platform.get<Problem>("/api/v1/events/twin/chain");
    expect(refused.status).toBe(409);
    expect(refused.body.errors?.[0]?.path).toBe("source");
    expect(refused.body.detail).toMatch(/\/a/);
    expect(refused.body.detail).toMatch(/\/c/);
    const { body } = await platform.get("/api/v1/events/twin/chain?source=/c");
    expect(body).toMatchObject({ count: 1, missing: [{ source: "/c", id: "gone", depth: -1 }] });
    expect((await platform.get("/api/v1/events/never/chain")).status).toBe(404);
  });
});

describe("telemetry trace", () => {
  it("tells the way of events and what was logged, effects under their causes [EVT-09]", async () => {
    const model = { model_id: "m", vendor: "v" };
    const time = new Date(Date.now() - 60_000).toISOString();
    await publish({
      id: "t-1",
      type: "model.registered",
      correlation_id: "trace-1",
      data: model,
      time,
    });
    await publish({
      id: "t-2",
      type: "api.error",
      correlation_id: "trace-1",
      data: { message: "boom" },
      parentids: "t-1",
    });
    const entry = { service: "cart", level: "warn", message: "slow", correlation_id: "trace-1" };
    expect((await platform.post("/api/v1/logs", entry)).status).toBe(202);
    await archived("correlation_id=trace-1", 2);
    const logged = async () =>
      (await platform.get<{ count: number }>("/api/v1/logs?correlation_id=trace-1")).body.count;
    await expect.poll(logged, { timeout: 15_000 }).toBe(2);

    const { code, out, err } = await telemetry(["trace", "trace-1", "--days", "365"], { env });
    expect(err).toBe("");
    expect(code).toBe(0);
    const lines = out.trim().split("\n");
    expect(lines[0]).toMatch(/^\S+Z +published +\/shop#t-1 {2}model\.registered on models\.events → /);
    expect(lines[0]).toContain("analytics.events");
    expect(out).toMatch(/published {4}\/shop#t-2 {2}api\.error on errors\.events → .*, after \/shop#t-1/);
    expect(out).toMatch(/logged {5}warn cart: slow/);
    expect(out).toMatch(/logged {7}error \/shop: boom/);

    const json = await telemetry(["trace", "trace-1", "--days", "365", "--json"], { env });
    const { hops } = JSON.parse(json.out) as { hops: { what: string; depth: number; event?: string }[] };
    expect(hops).toContainEqual(expect.objectContaining({ what: "archived", event: "/shop#t-2", depth: 1 }));
  });

  it("says that it knows nothing, and fails", async () => {
    const { code, out, err } = await telemetry(["trace", "never-heard-of"], { env });
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain("nothing is known of never-heard-of");
  });
});
