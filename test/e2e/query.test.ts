import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Platform, type Problem, startPlatform } from "../platform.ts";
import { at, point } from "../points.ts";

let platform: Platform;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The start of the hour three hours ago: whole hours of data lie behind it. */
const start = Math.floor(Date.now() / HOUR) * HOUR - 3 * HOUR;
const end = start + 3 * HOUR;

/** A reading a minute for three hours, different for each device. */
const readings = (device: number) =>
  Array.from({ length: 180 }, (_, i) => ({
    ms: start + i * MINUTE,
    value: ((i * 37 + device * 11) % 100) / 4,
  }));

interface Data {
  device_id: string | null;
  metric_name: string | null;
  data_points: { timestamp: string; device_id?: string; metric_name: string; value: number; unit?: string }[];
  count: number;
  aggregation: string | null;
  interval: number | null;
  start_time: string;
  end_time: string;
  truncated: boolean;
  next?: string;
}

beforeAll(async () => {
  platform = await startPlatform();
  const body = Object.fromEntries(
    [1, 2, 3].map((device) => [
      `device_${device}`,
      readings(device).flatMap(({ ms, value }) => [
        point({ timestamp: at(ms), value, unit: "celsius", tags: { room: `r${device}` } }),
        point({ timestamp: at(ms), metric_name: "humidity", value: 100 - value }),
      ]),
    ]),
  );
  await platform.post("/api/v1/telemetry/bulk", body);
  await platform.post("/api/v1/telemetry/devices/now/telemetry", point({ value: 42, unit: "%" }));
  const everything = async () =>
    expect((await query({ metrics: ["temperature", "humidity"] })).count).toBe(1_080);
  await vi.waitFor(everything, { timeout: 15_000, interval: 50 });
});

afterAll(async () => {
  await platform.stop();
});

const ask = (given: object) =>
  platform.post<Data & Problem>("/api/v1/telemetry/query", {
    devices: ["device_1", "device_2", "device_3"],
    metrics: ["temperature"],
    start_time: at(start),
    end_time: at(end),
    limit: 10_000,
    ...given,
  });

const query = async (given: object): Promise<Data> => (await ask(given)).body;

/** What an hour's values come to, worked out here. */
function hourly(device: number, aggregate: (values: number[]) => number): number[] {
  return [0, 1, 2].map((hour) =>
    aggregate(
      readings(device)
        .slice(hour * 60, hour * 60 + 60)
        .map(({ value }) => value),
    ),
  );
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const percentile = (fraction: number) => (values: number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = fraction * (sorted.length - 1);
  const [low = 0, high = low] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
  return low + (high - low) * (rank - Math.floor(rank));
};

const aggregates: [name: string, aggregate: (values: number[]) => number][] = [
  ["avg", (values) => sum(values) / values.length],
  ["min", (values) => Math.min(...values)],
  ["max", (values) => Math.max(...values)],
  ["sum", sum],
  ["count", (values) => values.length],
  ["median", percentile(0.5)],
  ["p95", percentile(0.95)],
  ["p99", percentile(0.99)],
  ["first", (values) => values[0] ?? 0],
  ["last", (values) => values.at(-1) ?? 0],
];

describe("a query", () => {
  it("answers the points of a time range, oldest first [E3-US1 AC1, E3-US1 AC2, E3-US1 AC5, FR-009]", async () => {
    const data = await query({
      devices: ["device_1"],
      start_time: at(start + HOUR),
      end_time: at(start + 2 * HOUR),
    });
    expect(data).toMatchObject({
      device_id: "device_1",
      metric_name: "temperature",
      count: 60,
      truncated: false,
    });
    expect(data.data_points.map(({ value }) => value)).toEqual(
      readings(1)
        .slice(60, 120)
        .map(({ value }) => value),
    );
    expect(data.data_points[0]).toMatchObject({ metric_name: "temperature", unit: "celsius" });
    expect(Date.parse(data.data_points[0]?.timestamp ?? "")).toBe(start + HOUR);
  });

  it("marks each point with its device and metric when there are several [FR-010]", async () => {
    const data = await query({ metrics: ["temperature", "humidity"] });
    expect([data.device_id, data.metric_name, data.count]).toEqual([null, null, 1_080]);
    const series = new Set(data.data_points.map((found) => `${found.device_id} ${found.metric_name}`));
    expect(series.size).toBe(6);
  });

  it("takes all devices when none is named", async () => {
    expect((await query({ devices: undefined })).count).toBe(540);
  });

  it("filters by tags and by bounds [E3-US1 AC3]", async () => {
    expect((await query({ filters: { tags: { room: "r2" } } })).count).toBe(180);
    const bounded = await query({ devices: ["device_3"], filters: { min: 5, max: 10 } });
    const expected = readings(3).filter(({ value }) => value >= 5 && value <= 10);
    expect(bounded.data_points.map(({ value }) => value)).toEqual(expected.map(({ value }) => value));
  });

  it.each(aggregates)(
    "aggregates %s in buckets aligned to the interval [E3-US1 AC3, E3-US1 AC4, FR-011]",
    async (name, aggregate) => {
      const data = await query({ devices: ["device_2"], aggregation: name, interval: 3_600 });
      expect(data).toMatchObject({ aggregation: name, interval: 3_600, count: 3 });
      expect(data.data_points.map(({ timestamp }) => Date.parse(timestamp))).toEqual([
        start,
        start + HOUR,
        start + 2 * HOUR,
      ]);
      hourly(2, aggregate).forEach((value, hour) => {
        expect(data.data_points[hour]?.value).toBeCloseTo(value, 9);
      });
    },
  );

  it("gives at most its limit, says that there is more, and goes on from there [E3-US1 AC7]", async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await query({ limit: 100, cursor });
      expect(page.truncated).toBe(page.next !== undefined);
      seen.push(...page.data_points.map(({ timestamp, device_id }) => `${timestamp} ${device_id}`));
      cursor = page.next;
    } while (cursor);
    expect(new Set(seen).size).toBe(540);
    expect(seen).toHaveLength(540);
    expect((await ask({ limit: 10_001 })).status).toBe(400);
  });

  it.each([
    [{ metrics: [] }, 400, "metrics"],
    [{ start_time: "yesterday" }, 400, "start_time"],
    [{ end_time: at(start - 1) }, 422, "end_time"],
    [{ aggregation: "mode" }, 400, "aggregation"],
    [{ aggregation: "avg" }, 400, "interval"],
    [{ interval: 60 }, 400, "aggregation"],
    [{ cursor: "nonsense" }, 400, "cursor"],
    [{ colour: "red" }, 400, "colour"],
    [{ metrics: ["x'; DROP TABLE points; --"] }, 400, "metrics[0]"],
  ])("refuses %j by name [NFR-009]", async (given, status, path) => {
    const answer = await ask(given);
    expect(answer.status).toBe(status);
    expect(answer.body.errors?.[0]?.path).toBe(path);
  });
});

describe("the newest value", () => {
  const latest = (device: string, metric: string, more = "") =>
    platform.get<Record<string, unknown>>(
      `/api/v1/telemetry/devices/${device}/metrics/${metric}/latest${more}`,
    );

  it("is answered with unit and time [E3-US2 AC1, E3-US2 AC2, FR-012]", async () => {
    const { status, body } = await latest("now", "temperature");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      device_id: "now",
      metric_name: "temperature",
      value: 42,
      unit: "%",
      tags: {},
      metadata: {},
    });
    expect((await latest("device_1", "temperature")).body.value).toBe(readings(1).at(-1)?.value);
  });

  it("is looked for in the last 24 hours, or further back if asked [E3-US2 AC3]", async () => {
    const old = point({ timestamp: at(Date.now() - 30 * HOUR), value: "old" });
    await platform.post("/api/v1/telemetry/devices/sleeper/telemetry", old);
    await expect
      .poll(async () => (await latest("sleeper", "temperature", "?lookback_hours=48")).body.value)
      .toBe("old");
    expect((await latest("sleeper", "temperature")).status).toBe(404);
    const fraction = await latest("sleeper", "temperature", "?lookback_hours=48.2478035931");
    expect(fraction.status).toBe(200);
  });

  it("of an unknown series is 404 [E3-US2 AC4]", async () => {
    expect((await latest("nobody", "temperature")).status).toBe(404);
  });
});

it("lists a device's metrics, sorted, and none for a device that never reported [E3-US3 AC1, E3-US3 AC2, E3-US3 AC3]", async () => {
  const names = (device: string) => platform.get(`/api/v1/telemetry/devices/${device}/metrics`);
  expect((await names("device_1")).body).toEqual(["humidity", "temperature"]);
  expect(await names("nobody")).toMatchObject({ status: 200, body: [] });
});

describe("a named range", () => {
  const range = (query: string) =>
    platform.get<Data>(`/api/v1/telemetry/devices/device_1/metrics/temperature/range?${query}`);

  it.each(["1h", "6h", "24h", "7d", "30d", "90d"])(
    "%s ends now [E3-US4 AC1, E3-US4 AC2, E3-US4 AC4]",
    async (name) => {
      const { status, body } = await range(`time_range=${name}`);
      expect(status).toBe(200);
      const hours = { "1h": 1, "6h": 6, "24h": 24, "7d": 168, "30d": 720, "90d": 2_160 }[name] ?? 0;
      expect(Date.parse(body.end_time) - Date.parse(body.start_time)).toBe(hours * HOUR);
      const within = readings(1).filter(({ ms }) => ms >= Date.parse(body.start_time));
      expect(body.data_points.map(({ value }) => value)).toEqual(within.map(({ value }) => value));
    },
  );

  it("may be aggregated [E3-US4 AC3]", async () => {
    const { body } = await range("time_range=24h&aggregation=max&interval=3600");
    expect(body.data_points.map(({ value }) => value)).toEqual(hourly(1, (values) => Math.max(...values)));
  });

  it("refuses a range that it does not know", async () => {
    expect((await range("time_range=2h")).status).toBe(400);
    expect((await range("time_range=1h&interval=abc&aggregation=avg")).status).toBe(400);
  });
});

describe("aggregated data", () => {
  const aggregated = (query: string) =>
    platform.get<Data & Problem>(
      `/api/v1/telemetry/aggregated?metric_name=temperature&interval=3600&start_time=${at(start)}&end_time=${at(end)}&${query}`,
    );

  it("of one device is the same as by query [E3-US5 AC1, E3-US5 AC2]", async () => {
    const { body } = await aggregated("aggregation_type=avg&device_id=device_2");
    expect(body).toMatchObject({
      device_id: "device_2",
      metric_name: "temperature",
      interval: 3_600,
      count: 3,
    });
    const asked = await query({ devices: ["device_2"], aggregation: "avg", interval: 3_600 });
    expect(body.data_points.map(({ value }) => value)).toEqual(asked.data_points.map(({ value }) => value));
  });

  it("of no device in particular takes all of them together [E3-US5 AC3, E3-US5 AC4]", async () => {
    const { body } = await aggregated("aggregation_type=sum");
    const expected = [0, 1, 2].map((hour) => sum([1, 2, 3].map((device) => hourly(device, sum)[hour] ?? 0)));
    expect(body.device_id).toBeNull();
    body.data_points.forEach(({ value }, hour) => {
      expect(value).toBeCloseTo(expected[hour] ?? Number.NaN, 9);
    });
  });

  it("refuses what is missing by name", async () => {
    expect((await aggregated("device_id=device_2")).body.errors?.[0]?.path).toBe("aggregation_type");
  });
});
