import { afterAll, beforeAll, expect, it } from "vitest";
import { type Platform, startPlatform } from "../platform.ts";
import { minutesAgo, point } from "../points.ts";

const PATIENCE = { timeout: 20_000 };

interface DeviceStats {
  total_metrics: number;
  data_points_count: number;
  last_update: string | null;
}

interface TotalStats {
  total_data_points: number;
  last_24h_points: number;
  data_by_hour: { hour: string; points: number }[];
}

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(() => platform.stop());

const device = "/api/v1/telemetry/devices/device_1";
const statsOf = (path = device) => platform.get<DeviceStats>(`${path}/stats`);
const allStats = () => platform.get<TotalStats>("/api/v1/telemetry/stats");

it("answers zeros where there is nothing [E6-US1 AC6, E6-US2 AC6]", async () => {
  const { status, body } = await statsOf("/api/v1/telemetry/devices/nobody");
  const noTypes = { gauge: 0, counter: 0, histogram: 0, summary: 0 };
  expect(status).toBe(200);
  expect(body).toEqual({
    device_id: "nobody",
    total_metrics: 0,
    active_metrics: 0,
    data_points_count: 0,
    last_update: null,
    storage_size: 0,
    avg_frequency: 0,
    last_24h_points: 0,
    last_24h_alerts: 0,
    metrics_by_type: noTypes,
    top_metrics: [],
  });
  const all = await allStats();
  expect(all.status).toBe(200);
  expect(all.body).toMatchObject({
    ...{ total_devices: 0, active_devices: 0, total_metrics: 0, total_data_points: 0 },
    ...{ points_per_second: 0, avg_latency: 0, error_rate: 0, last_24h_points: 0, last_24h_alerts: 0 },
    ...{ devices_by_type: {}, metrics_by_type: noTypes },
  });
  expect(all.body.data_by_hour.map(({ points }) => points)).toEqual(Array.from({ length: 24 }, () => 0));
});

it("says how much there is of a device and of all, and counts repeats once [E6-US1 AC1, E6-US1 AC2, E6-US1 AC3, E6-US1 AC4, E6-US1 AC5, E6-US2 AC1, E6-US2 AC2, E6-US2 AC3, E6-US2 AC4, E6-US2 AC5]", async () => {
  await platform.post("/api/v1/telemetry/metrics", definitionOf("requests", "counter"));
  const newest = minutesAgo(1);
  const old = { timestamp: minutesAgo(60 * 24 * 3), metric_name: "pressure" };
  const points = [
    ...[5, 4, 3, 2].map((minutes) => point({ timestamp: minutesAgo(minutes) })),
    ...[2, 3].map((minutes) => point({ timestamp: minutesAgo(minutes), metric_name: "requests" })),
    point({ timestamp: newest }),
    point(old),
  ];
  for (let i = 0; i < 2; i++) await platform.post(`${device}/telemetry/batch`, { data_points: points });
  await expect.poll(async () => (await statsOf()).body.data_points_count, PATIENCE).toBe(8);
  const { body } = await statsOf();
  expect(body).toMatchObject({
    ...{ device_id: "device_1", total_metrics: 3, active_metrics: 2, storage_size: 8 * 200 },
    ...{ avg_frequency: 7 / 1_440, last_24h_points: 7, last_24h_alerts: 0 },
    top_metrics: [
      { name: "temperature", points: 5 },
      { name: "requests", points: 2 },
      { name: "pressure", points: 1 },
    ],
    metrics_by_type: { gauge: 2, counter: 1, histogram: 0, summary: 0 },
  });
  expect(Date.parse(body.last_update ?? "")).toBe(Date.parse(newest));
  await expect
    .poll(async () => (await allStats()).body, PATIENCE)
    .toMatchObject({
      ...{ total_devices: 1, active_devices: 1, total_metrics: 3, total_data_points: 8, last_24h_points: 7 },
      ...{ points_per_second: expect.any(Number), avg_latency: 0, error_rate: 0, last_24h_alerts: 0 },
      devices_by_type: { unknown: 1 },
      metrics_by_type: { gauge: 2, counter: 1, histogram: 0, summary: 0 },
    });
  const { data_by_hour } = (await allStats()).body;
  expect(data_by_hour.reduce((sum, { points }) => sum + points, 0)).toBe(7);
});

it("answers the same once hours are summed up [E6-US1 AC2, E6-US2 AC2]", async () => {
  await platform.runtime.functions.schedule["roll-up"]?.();
  const [one, all] = [await statsOf(), await allStats()];
  expect([one.body.data_points_count, all.body.total_data_points]).toEqual([8, 8]);
});

it("tells how calls fared from the events of them [E6-US2 AC3]", async () => {
  const call = (id: string, status: number, duration_ms: number) => ({
    ...{ specversion: "1.0", id, source: "/shop", type: "api.latency", datacontenttype: "application/json" },
    data: { endpoint: "/orders", status, duration_ms },
  });
  await platform.post("/api/v1/events", [call("1", 200, 10), call("2", 500, 30)], {
    headers: { "content-type": "application/cloudevents-batch+json" },
  });
  const fared = { avg_latency: 20, error_rate: 0.5 };
  await expect.poll(async () => (await allStats()).body, PATIENCE).toMatchObject(fared);
});

const definitionOf = (name: string, metric_type: string) => ({ name, data_type: "numeric", metric_type });
