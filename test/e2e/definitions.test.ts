import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Platform, type Problem, startPlatform } from "../platform.ts";
import { at, point } from "../points.ts";

const DAY = 86_400_000;
const PATIENCE = { timeout: 15_000, interval: 50 };
/** By this time a change holds everywhere. */
const CHANGED = { timeout: 2_000, interval: 50 };
const METRICS = "/api/v1/telemetry/metrics";

/** The example of the product requirements. */
const battery = {
  name: "battery_level",
  description: "Device battery percentage",
  data_type: "numeric",
  metric_type: "gauge",
  unit: "percent",
  min_value: 0,
  max_value: 100,
  retention_days: 90,
  aggregation_interval: 60,
};

interface Definition {
  metric_id: string;
  name: string;
  created_by: string;
}

interface Listing {
  metrics: Definition[];
  count: number;
  filters: object;
  limit: number;
  offset: number;
}

interface Result {
  ingested_count: number;
  failed_count: number;
  errors: { index: number; path: string; message: string }[];
}

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
}, 60_000);

afterAll(async () => {
  await platform.stop();
});

const define = (given: object) => platform.post<Definition & Problem>(METRICS, given);
const pathOf = (name: string) => `${METRICS}/${encodeURIComponent(name)}`;
const send = (deviceId: string, points: object[]) =>
  platform.post<Result & Problem>(`/api/v1/telemetry/devices/${deviceId}/telemetry/batch`, {
    data_points: points,
  });

/** The values that a device has of a metric, the oldest first. */
async function stored(deviceId: string, metric: string): Promise<unknown[]> {
  const { body } = await platform.post<{ data_points: { value: unknown }[] }>("/api/v1/telemetry/query", {
    devices: [deviceId],
    metrics: [metric],
    start_time: at(Date.now() - 3_700 * DAY),
    end_time: at(Date.now() + DAY / 24),
  });
  return body.data_points.map(({ value }) => value);
}

it("creates a definition and answers it with its id and its defaults [FR-006, E2-US1 AC1, E2-US1 AC3, E2-US1 AC7]", async () => {
  const { status, body } = await define(battery);
  expect(status).toBe(201);
  const kept = { ...battery, tags: [], metadata: {}, created_by: "key_admin" };
  expect(body).toMatchObject(kept);
  expect(body.metric_id).toMatch(/^met_[a-z0-9]{16}$/);
});

it("needs no more than a name and a data type, and takes retention, interval, tags and metadata [E2-US1 AC2, E2-US1 AC4]", async () => {
  expect((await define({ name: "least", data_type: "boolean" })).body).toMatchObject({
    ...{ description: null, metric_type: "gauge", unit: null, min_value: null, max_value: null },
    ...{ retention_days: 90, aggregation_interval: 60, tags: [], metadata: {} },
  });
  const most = { retention_days: 3_650, aggregation_interval: 3_600, tags: ["a"], metadata: { b: { c: 1 } } };
  expect((await define({ name: "most", data_type: "json", ...most })).body).toMatchObject(most);
  for (const missing of [{ name: "other" }, { data_type: "numeric" }]) {
    expect((await define(missing)).status).toBe(400);
  }
});

it.each([
  ["an unknown data type", { data_type: "float" }, 400, "data_type"],
  ["a retention of 0 days", { retention_days: 0 }, 400, "retention_days"],
  ["a retention of 3,651 days", { retention_days: 3_651 }, 400, "retention_days"],
  ["a name that is none", { name: "9 lives" }, 400, "name"],
  ["an unknown field", { colour: "red" }, 400, ""],
  ["bounds in the wrong order", { min_value: 2, max_value: 1 }, 422, "min_value"],
  ["bounds of text", { data_type: "string", max_value: 1 }, 422, "max_value"],
])("refuses %s [FR-006, NFR-012]", async (_, given, status, path) => {
  const answer = await define({ name: "refused", data_type: "numeric", ...given });
  expect(answer.status).toBe(status);
  if (path) expect(answer.body.errors?.map((fault) => fault.path)).toContain(path);
  expect((await platform.get(pathOf("refused"))).status).toBe(404);
});

it("defines a metric once: of many at the same time one, and the others conflict [FR-008, E2-US1 AC5]", async () => {
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => define({ name: "unique", data_type: "numeric" })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
  expect((await define({ name: "unique", data_type: "string" })).status).toBe(409);
});

it("publishes metric.defined with the definition in it [E2-US1 AC6]", async () => {
  const { body } = await define({ ...battery, name: "published" });
  const find = async () => {
    const path = "/api/v1/events?type=metric.defined";
    const answer = await platform.get<{ events: { event: { data: Definition } }[] }>(path);
    return answer.body.events.map(({ event }) => event.data);
  };
  await expect.poll(find, PATIENCE).toContainEqual(body);
});

it("lists definitions by name, by type and by pages, with the count of all and the filter [E2-US2 AC1, E2-US2 AC2, E2-US2 AC3, E2-US2 AC4]", async () => {
  for (const name of ["list_b", "list_a", "list_c"]) {
    await define({ name, data_type: "geolocation", metric_type: "counter" });
  }
  const list = async (query: string) => (await platform.get<Listing>(`${METRICS}?${query}`)).body;
  const names = ({ metrics }: Listing) => metrics.map(({ name }) => name);
  expect(names(await list(""))).toEqual(expect.arrayContaining(["list_a", "list_b", "list_c"]));
  const all = await list("data_type=geolocation&metric_type=counter");
  expect(names(all)).toEqual(["list_a", "list_b", "list_c"]);
  expect(all).toMatchObject({ count: 3, filters: { data_type: "geolocation", metric_type: "counter" } });
  const one = await list("data_type=geolocation&limit=1&offset=1");
  expect(names(one)).toEqual(["list_b"]);
  expect(one).toMatchObject({ count: 3, limit: 1, offset: 1, filters: { data_type: "geolocation" } });
  expect((await list("data_type=geolocation&metric_type=gauge")).count).toBe(0);
  expect((await platform.get(`${METRICS}?data_type=float`)).status).toBe(400);
});

it("shows a definition by its name, also a series' [FR-006, E2-US3 AC1]", async () => {
  const created = await define({ ...battery, name: 'rooms/temp{floor="1",room="a"}' });
  const shown = await platform.get<Definition>(pathOf(created.body.name));
  expect(shown).toMatchObject({ status: 200, body: created.body });
});

it("knows no metric that was never defined [E2-US3 AC2, E2-US4 AC3]", async () => {
  expect((await platform.get(pathOf("nobody"))).status).toBe(404);
  expect((await platform.delete(pathOf("nobody"))).status).toBe(404);
});

it("deletes a definition, says so, and leaves the data that there is [FR-006, E2-US4 AC1, E2-US4 AC2, E2-US4 AC4]", async () => {
  await define({ name: "passing", data_type: "numeric", retention_days: 3_650 });
  const old = point({ metric_name: "passing", timestamp: at(Date.now() - 400 * DAY), value: 400 });
  await expect.poll(async () => (await send("dev_passing", [old])).status, CHANGED).toBe(200);
  await expect.poll(() => stored("dev_passing", "passing"), PATIENCE).toEqual([400]);
  expect(await platform.delete(pathOf("passing"))).toMatchObject({
    status: 200,
    body: { success: true, metric_name: "passing" },
  });
  expect((await platform.get(pathOf("passing"))).status).toBe(404);
  // From now on it is kept like what nobody defined, and of whatever type.
  await expect.poll(async () => (await send("dev_passing", [old])).status, CHANGED).toBe(422);
  expect((await send("dev_passing", [point({ metric_name: "passing", value: "text" })])).status).toBe(200);
  await expect.poll(() => stored("dev_passing", "passing"), PATIENCE).toEqual([400, "text"]);
  expect((await define({ name: "passing", data_type: "string" })).status).toBe(201);
});

it("refuses values of another type or out of bounds within two seconds, keeps the others, and says which [FR-007]", async () => {
  await define({ ...battery, name: "level" });
  const values = [50, 101, 0, -0.1, "50", 100];
  const points = values.map((value, i) =>
    point({ metric_name: "level", value, timestamp: at(Date.now() - 60_000 + i) }),
  );
  await expect.poll(async () => (await send("dev_level", points)).body.failed_count, CHANGED).toBe(3);
  const { status, body } = await send("dev_bounds", points);
  expect([status, body.ingested_count]).toEqual([200, 3]);
  expect(body.errors.map(({ index, path }) => [index, path])).toEqual([
    [1, "data_points[1].value"],
    [3, "data_points[3].value"],
    [4, "data_points[4].value"],
  ]);
  await expect.poll(() => stored("dev_bounds", "level"), PATIENCE).toEqual([50, 0, 100]);
  expect((await send("dev_bounds", [point({ metric_name: 'level{cell="1"}', value: 101 })])).status).toBe(
    422,
  );
});

it("refuses them in single points, in bulk and from OpenTelemetry alike [FR-007]", async () => {
  await define({ ...battery, name: "charge" });
  const bad = point({ metric_name: "charge", value: 101 });
  const path = "/api/v1/telemetry/devices/dev_ways/telemetry";
  await expect.poll(async () => (await platform.post(path, bad)).status, CHANGED).toBe(422);
  const bulk = await platform.post<Result>("/api/v1/telemetry/bulk", {
    dev_ways: [bad, point({ metric_name: "charge", value: 99 })],
    dev_other: [bad],
  });
  expect(bulk).toMatchObject({ status: 200, body: { ingested_count: 1, failed_count: 2 } });
  const gauge = { dataPoints: [{ timeUnixNano: `${Date.now()}000000`, asDouble: 101 }] };
  const exported = await platform.post("/v1/metrics", {
    resourceMetrics: [
      {
        resource: { attributes: [{ key: "host.name", value: { stringValue: "dev_otlp" } }] },
        scopeMetrics: [{ metrics: [{ name: "charge", gauge }] }],
      },
    ],
  });
  expect(exported.body).toMatchObject({
    partialSuccess: { rejectedDataPoints: "1", errorMessage: expect.stringContaining("maximum 100") },
  });
});

it("keeps a metric for as long as its definition says, from 1 to 3,650 days [NFR-012]", async () => {
  await define({ name: "short", data_type: "numeric", retention_days: 1 });
  await define({ name: "long", data_type: "numeric", retention_days: 3_650 });
  const aged = (metric_name: string, days: number) =>
    point({ metric_name, value: days, timestamp: at(Date.now() - days * DAY) });
  const points = [aged("short", 0.9), aged("short", 1.1), aged("long", 3_649), aged("long", 3_651)];
  // By a device of its own: what is sent before they know is kept as if it were not defined.
  await expect
    .poll(async () => (await send("dev_probe", points)).body.errors?.map(({ index }) => index), CHANGED)
    .toEqual([1, 3]);
  await send("dev_kept", points);
  await expect.poll(() => stored("dev_kept", "short"), PATIENCE).toEqual([0.9]);
  await expect.poll(() => stored("dev_kept", "long"), PATIENCE).toEqual([3_649]);
  expect(await classesOf("dev_kept")).toEqual([
    ["long", 3_650],
    ["short", 1],
  ]);
});

it("leaves what came before a definition as long as it was to stay, and keeps what comes after as it says [NFR-012]", async () => {
  const sendOne = () => send("dev_late", [point({ metric_name: "late", value: 1 })]);
  await sendOne();
  await expect.poll(() => stored("dev_late", "late"), PATIENCE).toHaveLength(1);
  const defined = Date.now();
  await define({ name: "late", data_type: "numeric", retention_days: 7 });
  const change = async () => {
    await sendOne();
    return seriesOf("dev_late");
  };
  await expect.poll(change, PATIENCE).toHaveLength(2);
  const [before, after] = await seriesOf("dev_late");
  expect(before).toEqual({ days: 90, from: 0 });
  expect(after?.days).toBe(7);
  expect(after?.from).toBeGreaterThan(defined + 15 * 60_000);
  expect(after?.from).toBeLessThan(Date.now() + 17 * 60_000);
  expect(await classesOf("dev_late")).toEqual([["late", 90]]);
});

/** From which time on, in milliseconds, a device's points are kept how many days. */
async function seriesOf(deviceId: string): Promise<{ days: number; from: number }[]> {
  const rows = await ask(
    "SELECT retention_class, valid_from FROM series WHERE device_id = $1 ORDER BY valid_from",
    deviceId,
  );
  return rows.map(([days, from]) => ({ days: Number(days), from: Number(from) / 1_000 }));
}

/** Which classes of retention a device's points are in, by metric. */
const classesOf = (deviceId: string) =>
  ask(
    `SELECT DISTINCT metric_name, points.retention_class FROM series JOIN points ON series_id = id
     WHERE device_id = $1 ORDER BY metric_name`,
    deviceId,
  );

async function ask(text: string, deviceId: string): Promise<unknown[][]> {
  const client = new Client({ connectionString: platform.databaseUrl });
  await client.connect();
  const { rows } = await client.query({ text, values: [deviceId], rowMode: "array" });
  await client.end();
  return rows;
}

it("lets readers read definitions and only admins change them", async () => {
  const key = async (scope: string) => {
    const created = await platform.post<{ api_key: string }>("/api/v1/keys", {
      name: scope,
      scopes: [scope],
    });
    return { key: created.body.api_key };
  };
  const [reader, operator] = [await key("read"), await key("operate")];
  expect((await platform.get(METRICS, reader)).status).toBe(200);
  const definition = { name: "theirs", data_type: "numeric" };
  for (const caller of [reader, operator]) {
    expect((await platform.post(METRICS, definition, caller)).status).toBe(403);
    expect((await platform.delete(pathOf("unique"), caller)).status).toBe(403);
  }
});
