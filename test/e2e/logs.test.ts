import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { freshVhost } from "../fresh.ts";
import { type Platform, type Problem, startPlatform } from "../platform.ts";
import { at } from "../points.ts";
import { startProxy } from "../proxy.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(async () => {
  await platform.stop();
});

interface Entry {
  id: string;
  timestamp: string;
  service: string;
  level: string;
  message: string;
  attributes: Record<string, unknown>;
  [field: string]: unknown;
}
interface Page {
  entries: Entry[];
  count: number;
}

const plain = (given: object = {}) => ({
  timestamp: at(Date.now()),
  service: "corerl",
  level: "INFO",
  message: "Agent started successfully.",
  ...given,
});

async function search(query: Record<string, string>): Promise<Page> {
  const { status, body } = await platform.get<Page>(`/api/v1/logs?${new URLSearchParams(query)}`);
  expect(status).toBe(200);
  return body;
}

/** Waits until the search finds as many. */
async function found(query: Record<string, string>, count: number): Promise<Entry[]> {
  const counted = async () => expect((await search(query)).count).toBe(count);
  await vi.waitFor(counted, { timeout: 15_000 });
  return (await search(query)).entries;
}

const messages = (entries: readonly Entry[]) => entries.map(({ message }) => message).sort();

describe("POST /api/v1/logs", () => {
  it("takes the plain entry of the edge's specification, to be found by its words [EDGE-01, EDGE-09]", async () => {
    const sent = plain({ correlation_id: "plain-1", user: 7 });
    const { status, body } = await platform.post("/api/v1/logs", sent);
    expect([status, body]).toEqual([
      202,
      { success: true, ingested_count: 1, failed_count: 0, total_count: 1, errors: [] },
    ]);
    const [entry] = await found({ q: "STARTED agent", correlation_id: "plain-1" }, 1);
    expect(entry).toMatchObject({
      timestamp: sent.timestamp,
      service: "corerl",
      level: "info",
      message: sent.message,
      correlation_id: "plain-1",
      attributes: { user: 7 },
    });
  });

  it("keeps the good entries of a list and names the others by field [EDGE-08]", async () => {
    const list = [
      plain({ correlation_id: "list-1" }),
      plain({ correlation_id: "list-1", timestamp: "noon" }),
      plain({ correlation_id: "list-1", service: undefined }),
      plain({ correlation_id: "list-1", timestamp: at(Date.now() - 31 * 86_400_000) }),
    ];
    const { status, body } = await platform.post("/api/v1/logs", list);
    expect([status, body]).toMatchObject([202, { success: false, ingested_count: 1, failed_count: 3 }]);
    expect((body as { errors: unknown[] }).errors).toEqual([
      {
        index: 1,
        path: "[1].timestamp",
        message: "expected an RFC 3339 time with an offset, or a Unix time",
      },
      { index: 2, path: "[2].service", message: "required" },
      { index: 3, path: "[3].timestamp", message: "older than the retention of 30 days" },
    ]);
    await found({ correlation_id: "list-1" }, 1);
  });

  it("takes an entry per line", async () => {
    const lines = [
      plain({ correlation_id: "lines-1" }),
      plain({ correlation_id: "lines-1", message: "two" }),
    ];
    const body = `${lines.map((line) => JSON.stringify(line)).join("\n")}\n{"broken\n`;
    const headers = { "content-type": "application/x-ndjson" };
    const answer = await platform.post("/api/v1/logs", body, { headers });
    expect([answer.status, answer.body]).toMatchObject([202, { ingested_count: 2, failed_count: 1 }]);
    await found({ correlation_id: "lines-1" }, 2);
  });

  it.each([
    [{}, "service", "required"],
    [[], "", "expected at least one log entry"],
    [plain({ message: null }), "message", "required"],
    ['{"service":', "", "malformed JSON"],
  ])("refuses %j by name", async (body, path, message) => {
    const answer = await platform.post<Problem>("/api/v1/logs", body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]).toMatchObject({ path, message });
  });

  it("splits what is too large for one message, and loses nothing", async () => {
    const list = Array.from({ length: 1_000 }, (_, n) =>
      plain({ correlation_id: "large-1", message: `${n} ${"x".repeat(1_000)}` }),
    );
    expect((await platform.post("/api/v1/logs", list)).status).toBe(202);
    await found({ correlation_id: "large-1", limit: "1" }, 1_000);
  });

  it("changes nothing when a request is repeated under its idempotency key [EDGE-04]", async () => {
    const headers = { "idempotency-key": "batch-1" };
    const untimed = { service: "s", message: "once", correlation_id: "key-1" };
    await platform.post("/api/v1/logs", untimed, { headers });
    await found({ correlation_id: "key-1" }, 1);
    await platform.post("/api/v1/logs", untimed, { headers });
    await platform.post("/api/v1/logs", { ...untimed, message: "other" }, { headers });
    await platform.post("/api/v1/logs", { ...untimed, message: "last" });
    const entries = await found({ correlation_id: "key-1" }, 3);
    expect(messages(entries)).toEqual(["last", "once", "other"]);
  });

  it("knows an entry by log.record.uid, whatever request brings it", async () => {
    const entry = plain({ correlation_id: "uid-1", "log.record.uid": "01JD" });
    await platform.post("/api/v1/logs", [entry]);
    await platform.post("/api/v1/logs", [plain({ correlation_id: "uid-1" }), entry]);
    await found({ correlation_id: "uid-1" }, 2);
  });
});

describe("GET /api/v1/logs", () => {
  beforeAll(async () => {
    const levels = ["debug", "info", "warn", "error", "fatal"];
    const hour = 3_600_000;
    const list = levels.map((level, i) =>
      plain({ correlation_id: "levels", level, message: level, timestamp: at(Date.now() - i * hour) }),
    );
    const old = plain({ correlation_id: "levels", message: "old", timestamp: at(Date.now() - 26 * hour) });
    await platform.post("/api/v1/logs", [...list, old]);
    await found({ correlation_id: "levels" }, 5);
  });

  it.each([
    [{ level: "warn" }, ["warn"]],
    [{ level: "WARNING,err" }, ["error", "warn"]],
    [{ min_level: "error" }, ["error", "fatal"]],
    [{ limit: "2", offset: "1" }, ["info", "warn"]],
    [{ service: "other" }, []],
  ])("finds by %j", async (query, expected) => {
    const { entries } = await search({ correlation_id: "levels", ...query });
    expect(messages(entries)).toEqual(expected);
  });

  it("looks back a day unless told otherwise, and then as far as told", async () => {
    const start_time = at(Date.now() - 48 * 3_600_000);
    expect((await search({ correlation_id: "levels", start_time })).count).toBe(6);
    const end_time = at(Date.now() - 24 * 3_600_000);
    expect((await search({ correlation_id: "levels", end_time })).entries[0]?.message).toBe("old");
  });

  it.each([
    ["level=warn,loud", 400, "level"],
    ["level=warn&min_level=info", 400, "min_level"],
    ["limit=0", 400, "limit"],
    ["offset=10001", 400, "offset"],
    ["words=x", 400, "words"],
    ["start_time=2025-01-02T00:00:00Z&end_time=2025-01-01T00:00:00Z", 422, "end_time"],
  ])("refuses %s", async (query, status, path) => {
    const answer = await platform.get<Problem>(`/api/v1/logs?${query}`);
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([status, path]);
  });
});

it("takes entries while the broker is away, and they are found when it is back [BUS-06]", async () => {
  const vhost = await freshVhost();
  const proxy = await startProxy(vhost.url);
  const other = await startPlatform({ amqpUrl: proxy.url });
  proxy.break();
  const answer = await other.post("/api/v1/logs", plain({ correlation_id: "away-1" }));
  expect(answer).toMatchObject({ status: 202, body: { ingested_count: 1, queued: "spooled" } });
  const otlp = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: "m" } }] }] }] };
  expect(await other.post("/v1/logs", otlp)).toMatchObject({ status: 200, body: {} });
  proxy.heal();
  await other.runtime.functions.schedule["drain-spool"]?.();
  const count = async () => (await other.get<Page>("/api/v1/logs")).body.count;
  await expect.poll(count, { timeout: 15_000 }).toBe(2);
  await other.stop();
  await proxy.close();
  await vhost.drop();
});

it("makes one entry of an event that comes twice", async () => {
  const time = new Date().toISOString();
  const event = { specversion: "1.0", source: "/twice", type: "log.line", time, correlation_id: "twice-1" };
  const headers = { "content-type": "application/cloudevents+json" };
  const send = (id: string) =>
    platform.post("/api/v1/events", { ...event, id, data: { message: id } }, { headers });
  for (const id of ["1", "1", "2", "1", "3"]) expect((await send(id)).status).toBe(202);
  expect(messages(await found({ correlation_id: "twice-1" }, 3))).toEqual(["1", "2", "3"]);
});

it("finds errors and published log events among the entries", async () => {
  const event = (type: string, data: unknown) => ({
    specversion: "1.0",
    id: crypto.randomUUID(),
    source: "/shop",
    type,
    correlation_id: "news-1",
    data,
  });
  const batch = [
    event("api.error", { message: "upstream is away", stack_trace: "at pay.ts:7" }),
    event("log.warning", { message: "slow" }),
    event("log.received", { entries: [{ msg: "one of a list", level: 20, correlation_id: "news-1" }] }),
  ];
  const headers = { "content-type": "application/cloudevents-batch+json" };
  expect((await platform.post("/api/v1/events", batch, { headers })).status).toBe(202);
  const entries = await found({ correlation_id: "news-1" }, 3);
  expect(entries.map(({ level, service, message }) => `${level} ${service} ${message}`).sort()).toEqual([
    "debug /shop one of a list",
    "error /shop upstream is away",
    "warn /shop slow",
  ]);
  expect(entries.find(({ level }) => level === "error")).toMatchObject({ stack: "at pay.ts:7" });
});
