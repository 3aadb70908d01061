import { afterAll, beforeAll, expect, it } from "vitest";
import {
  migrateTimestream,
  openTimestreamMeasurements,
} from "../../layers/storage/measurements/timestream/measurements.ts";
import { timestreamClients } from "../aws/timestream-stand-in/clients.ts";
import { startTimestream, type TimestreamStandIn } from "../aws/timestream-stand-in/server.ts";
import { deviceEvent, publishChange } from "../changes.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { at, point } from "../points.ts";

// The whole platform, with its measurements in a stand-in for Timestream.

const PATIENCE = { timeout: 20_000 };
const MINUTE = 60_000;
const now = Date.now();

let platform: Platform;
let timestream: TimestreamStandIn;

beforeAll(async () => {
  timestream = await startTimestream();
  const options = { ...timestreamClients(timestream.url), database: timestream.database };
  await migrateTimestream(options);
  platform = await startPlatform({ measurements: openTimestreamMeasurements(options) });
});

afterAll(async () => {
  await platform.stop();
  await timestream.close();
});

const device = (id: string) => `/api/v1/telemetry/devices/${id}`;
const send = (id: string, points: object[]) =>
  platform.post(`${device(id)}/telemetry/batch`, { data_points: points });

interface Data {
  data_points: { value: unknown }[];
  count: number;
  approximate?: boolean;
}

const query = async (devices: string[], given: object = {}) =>
  (
    await platform.post<Data>("/api/v1/telemetry/query", {
      devices,
      metrics: ["temperature"],
      start_time: at(now - 90 * MINUTE),
      end_time: at(now + MINUTE),
      ...given,
    })
  ).body;

const readings = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    point({ timestamp: at(now - i * MINUTE), value: i, unit: "celsius" }),
  );

it("stores what is ingested once, and answers it, aggregates and counts [AWS-05, EDGE-09, E3-US1 AC3]", async () => {
  const batch = readings(60);
  for (let i = 0; i < 3; i++) expect((await send("one", batch)).status).toBe(200);
  await expect.poll(async () => (await query(["one"])).count, PATIENCE).toBe(60);
  const whole = { interval: 7 * 86_400, aggregation: "sum" };
  const sums = await query(["one"], whole);
  expect(sums.data_points.reduce((total, { value }) => total + Number(value), 0)).toBe(1_770);
  expect(sums).not.toHaveProperty("approximate");
  expect(await query(["one"], { ...whole, aggregation: "p95" })).toMatchObject({ approximate: true });
  const latest = await platform.get(`${device("one")}/metrics/temperature/latest`);
  expect(latest.body).toMatchObject({ value: 0, unit: "celsius" });
  expect((await platform.get(`${device("one")}/metrics`)).body).toEqual(["temperature"]);
  expect((await platform.get(`${device("one")}/stats`)).body).toMatchObject({ data_points_count: 60 });
});

it("refuses a point that is too large for Timestream at the door, and takes what came with it [AWS-05]", async () => {
  const large = [
    point({ timestamp: at(now - 30_000), value: "x".repeat(1_900) }),
    point({ timestamp: at(now - 40_000), value: 1, tags: { a: "é".repeat(480), b: "é".repeat(480) } }),
  ];
  const { body } = await send("large", [...readings(3), ...large]);
  expect(body).toMatchObject({
    ingested_count: 3,
    failed_count: 2,
    errors: [{ path: "data_points[3].value" }, { path: "data_points[4].value" }],
  });
  await expect.poll(async () => (await query(["large"])).count, PATIENCE).toBe(3);
});

it("erases what a deleted device said [FR-020]", async () => {
  await send("gone", readings(10));
  await send("stays", readings(10));
  await expect.poll(async () => (await query(["gone", "stays"])).count, PATIENCE).toBe(20);
  await publishChange(platform, [deviceEvent("device.deleted", "gone")]);
  await expect
    .poll(async () => {
      await platform.runtime.functions.schedule["erase-devices"]?.();
      return (await query(["gone", "stays"])).count;
    }, PATIENCE)
    .toBe(10);
  expect((await query(["stays"])).count).toBe(10);
});
