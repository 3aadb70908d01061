import { Client } from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Platform, startPlatform } from "../platform.ts";
import { at, point } from "../points.ts";

const PATIENCE = { timeout: 20_000 };
const HOUR = 3_600_000;
const WEEK = 7 * 24;
/** A week and a day ago, on the hour. */
const start = Math.floor(Date.now() / HOUR) * HOUR - (WEEK + 24) * HOUR;
const devices = ["device_1", "device_2"];

interface Data {
  data_points: { timestamp: string; value: number }[];
}

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
  const readings = Array.from({ length: WEEK * 4 }, (_, i) =>
    point({ timestamp: at(start + (i * HOUR) / 4), value: i % 4 }),
  );
  await platform.post("/api/v1/telemetry/bulk", Object.fromEntries(devices.map((id) => [id, readings])));
  const stored = async () => expect(total(await hourly("count"))).toBe(devices.length * WEEK * 4);
  await vi.waitFor(stored, PATIENCE);
});

afterAll(() => platform.stop());

/** Of both devices together, hour by hour. */
async function hourly(aggregation: string): Promise<number[]> {
  const range = { start_time: at(start), end_time: at(start + WEEK * HOUR) };
  const asked = { metric_name: "temperature", aggregation_type: aggregation, interval: "3600", ...range };
  const { body } = await platform.get<Data>(`/api/v1/telemetry/aggregated?${new URLSearchParams(asked)}`);
  return body.data_points.map(({ value }) => value);
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** How many hours are summed up, once the function has run. */
async function summedUp(): Promise<number> {
  await platform.runtime.functions.schedule["roll-up"]?.();
  const client = new Client({ connectionString: platform.databaseUrl });
  await client.connect();
  const { rows } = await client.query("SELECT count(*)::int AS count FROM rollups");
  await client.end();
  return rows[0]?.count;
}

it("answers a week in hours from sums, and counts what comes late over them at once [E3-US5 AC1, E3-US5 AC4]", async () => {
  const [before, sums] = [await hourly("avg"), await hourly("sum")];
  expect(before).toEqual(Array.from({ length: WEEK }, () => 1.5));
  await expect.poll(summedUp, PATIENCE).toBe(devices.length * WEEK);
  expect(await hourly("avg")).toEqual(before);
  expect(await hourly("sum")).toEqual(sums);
  const late = point({ timestamp: at(start + 10 * HOUR + 60_000), value: 100 });
  await platform.post("/api/v1/telemetry/devices/device_1/telemetry", late);
  const expected = sums.map((sum, hour) => (hour === 10 ? sum + 100 : sum));
  await expect.poll(() => hourly("sum"), PATIENCE).toEqual(expected);
  await platform.runtime.functions.schedule["roll-up"]?.();
  expect(await hourly("sum")).toEqual(expected);
});
