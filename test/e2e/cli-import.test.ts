import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AnsweringServer, type Asked, type Reply, startAnsweringServer } from "../answering-server.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { startTelemetry, telemetry } from "../telemetry.ts";
import { temporaryHome } from "../temporary-home.ts";

let platform: Platform;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  [platform, folder] = await Promise.all([startPlatform(), temporaryHome()]);
  env = { TELEMETRY_URL: platform.url, TELEMETRY_API_KEY: platform.apiKey };
});

afterAll(async () => {
  await platform.stop();
  await rm(folder, { recursive: true });
});

const HOUR = 3_600_000;
/** Whole hours of data end here. */
const end = Math.floor(Date.now() / HOUR) * HOUR;

interface Reading {
  ms: number;
  value: number;
}

/** At uneven times, a reading every 20 to 60 s for as many hours. */
function readings(hours: number): Reading[] {
  const found: Reading[] = [];
  for (let ms = end - hours * HOUR, i = 0; ms < end; ms += 20_000 + ((i++ * 7_919) % 40_001)) {
    found.push({ ms, value: Math.round((20 + 5 * Math.sin(i / 50) + (i % 7) / 3) * 1_000) / 1_000 });
  }
  return found;
}

async function csvOf(name: string, rows: readonly string[]): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `timestamp,value\n${rows.join("\n")}\n`);
  return file;
}

const utc = ({ ms, value }: Reading): string =>
  `${new Date(ms).toISOString().slice(0, -1).replace("T", " ")},${value}`;

/** What the API says of each hour of a series. */
async function hourly(device: string, metric: string, aggregation: string): Promise<Record<string, number>> {
  const query = new URLSearchParams({
    device_id: device,
    metric_name: metric,
    aggregation_type: aggregation,
    interval: "3600",
    start_time: new Date(end - 60 * HOUR).toISOString(),
    end_time: new Date(end).toISOString(),
  });
  const { body } = await platform.get<{ data_points: { timestamp: string; value: number }[] }>(
    `/api/v1/telemetry/aggregated?${query}`,
  );
  return Object.fromEntries(body.data_points.map(({ timestamp, value }) => [Date.parse(timestamp), value]));
}

/** The same, computed here from what went into the file. */
function expectedHourly(
  all: readonly Reading[],
  aggregate: (values: number[]) => number,
): Record<string, number> {
  const hours = Map.groupBy(all, ({ ms }) => Math.floor(ms / HOUR) * HOUR);
  return Object.fromEntries(
    [...hours].map(([hour, each]) => [hour, aggregate(each.map(({ value }) => value))]),
  );
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

async function expectSeries(device: string, metric: string, all: readonly Reading[]): Promise<void> {
  const counts = expectedHourly(all, (values) => values.length);
  await expect.poll(() => hourly(device, metric, "count"), { timeout: 20_000 }).toEqual(counts);
  expect(await hourly(device, metric, "max")).toEqual(expectedHourly(all, (values) => Math.max(...values)));
  const averages = await hourly(device, metric, "avg");
  for (const [hour, value] of Object.entries(expectedHourly(all, (values) => sum(values) / values.length))) {
    expect(averages[hour]).toBeCloseTo(value, 9);
  }
}

describe("telemetry import", () => {
  it("sends every row of a file: the API's hourly figures are those of the file", async () => {
    const all = readings(48);
    const file = await csvOf("temperature.csv", all.map(utc));
    const { code, out } = await telemetry(["import", file, "--device", "boiler-7", "--batch", "500"], {
      env,
    });
    expect(out).toContain("device boiler-7, metric temperature");
    expect(code).toBe(0);
    await expectSeries("boiler-7", "temperature", all);
  });

  it("reads times of a zone, and gives points their unit and tags", async () => {
    const all = readings(6);
    const local = new Intl.DateTimeFormat("sv-SE", {
      timeZone: "America/New_York",
      dateStyle: "short",
      timeStyle: "medium",
    });
    const whole = all.map(({ ms, value }) => ({ ms: Math.floor(ms / 1_000) * 1_000, value }));
    const file = await csvOf(
      "zoned.csv",
      whole.map(({ ms, value }) => `${local.format(ms)},${value}`),
    );
    const args = ["import", file, "--device", "ny", "--zone", "America/New_York"];
    await telemetry([...args, "--unit", "celsius", "--tag", "room=1", "--tag", "floor=2"], { env });
    await expectSeries("ny", "zoned", whole);
    const latest = await platform.get("/api/v1/telemetry/devices/ny/metrics/zoned/latest");
    expect(latest.body).toMatchObject({ unit: "celsius", tags: { room: "1", floor: "2" } });
  });

  it("moves an old recording so that it ends now", async () => {
    const rows = Array.from(
      { length: 100 },
      (_, i) => `2014-02-14 ${String(14 + Math.floor(i / 60))}:${String(i % 60).padStart(2, "0")}:00,${i}`,
    );
    const file = await csvOf("old.csv", rows);
    const { code } = await telemetry(["import", file, "--device", "old", "--end-now"], { env });
    expect(code).toBe(0);
    await expect
      .poll(
        async () =>
          (await platform.get("/api/v1/telemetry/devices/old/metrics/old/latest?lookback_hours=1")).body,
      )
      .toMatchObject({ value: 99 });
  });

  it("says what was refused and why, keeps the rest, and ends with 1", async () => {
    const now = new Date().toISOString();
    const file = await csvOf("mixed.csv", [`${now},1`, "2014-01-01,2", `${now},`, "soon,3", `${now},on`]);
    const { code, out } = await telemetry(["import", file, "--device", "mixed", "--json"], { env });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      files: [{ device_id: "mixed", metric_name: "mixed" }],
      rows_read: 5,
      accepted: 2,
      refused: 2,
      skipped: 1,
      unsent: 0,
      reasons: [
        { reason: "timestamp: expected a date and time, or a Unix time", at: [`${file}:5`] },
        { reason: "timestamp: older than the retention of 90 days", at: [`${file}:3`] },
      ],
    });
  });

  it("counts nothing twice when answers are lost and the platform is busy at times", async () => {
    const all = readings(24);
    const file = await csvOf("lossy.csv", all.map(utc));
    const door = await faultyDoor();
    const { code, err } = await telemetry(["import", file, "--device", "lossy", "--batch", "200"], {
      env: { ...env, TELEMETRY_URL: door.url },
    });
    await door.close();
    expect(err).toContain("again in");
    expect(code).toBe(0);
    await expectSeries("lossy", "lossy", all);
  });

  it("sends nothing in a dry run, and needs no platform for it", async () => {
    const file = await csvOf("dry.csv", [`${new Date().toISOString()},1`, "2014-01-01,2"]);
    const { code, out } = await telemetry(["import", file, "--device", "dry", "--dry-run"]);
    expect(out).toMatch(/would be sent +1\n/);
    expect(code).toBe(1);
    expect((await platform.get("/api/v1/telemetry/devices/dry/metrics")).body).toEqual([]);
  });

  it("finishes what is under way when it is interrupted, and says how far it came", async () => {
    const file = await csvOf(
      "long.csv",
      Array.from({ length: 50_000 }, (_, i) => `${end - (i + 1) * 1_000},${i}`),
    );
    const released = Promise.withResolvers<void>();
    const door = await startAnsweringServer(async (asked) => {
      await released.promise;
      return forward(asked);
    });
    const run = startTelemetry(["import", file, "--device", "long", "--concurrency", "2", "--json"], {
      env: { ...env, TELEMETRY_URL: door.url },
    });
    await expect.poll(() => door.asked.length, { timeout: 20_000 }).toBe(2);
    run.signal("SIGINT");
    released.resolve();
    expect(await run.ended).toBe(130);
    await door.close();
    const { accepted, rows_read, unsent } = JSON.parse(run.out) as Record<string, number>;
    expect(accepted).toBeGreaterThanOrEqual(2_000);
    expect(accepted).toBeLessThan(10_000);
    expect(unsent).toBe((rows_read ?? 0) - (accepted ?? 0));
    await expect
      .poll(async () =>
        Object.values(await hourly("long", "long", "count")).reduce((total, n) => total + n, 0),
      )
      .toBe(accepted);
  });

  it("ends at once where the key is not let in", async () => {
    const file = await csvOf("locked.csv", [`${new Date().toISOString()},1`]);
    const { code, out, err } = await telemetry(["import", file], {
      env: { ...env, TELEMETRY_API_KEY: "key_x.y" },
    });
    expect(code).toBe(1);
    expect(out).toMatch(/not sent +1\n/);
    expect(err).toContain("401 unknown API key");
  });
});

/** Before the platform: takes requests and loses every third answer, and is busy at every fourth. */
const faultyDoor = (): Promise<AnsweringServer> =>
  startAnsweringServer(async (asked, index) => {
    if (index % 4 === 3) return { status: 503, headers: { "retry-after": "0" } };
    const reply = await forward(asked);
    return index % 3 === 2 ? "silence" : reply;
  });

async function forward({ method, path, headers, body }: Asked): Promise<Reply> {
  const { authorization = "", "idempotency-key": key = "" } = headers;
  const response = await fetch(`${platform.url}${path}`, {
    method,
    headers: { authorization, "idempotency-key": String(key), "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}
