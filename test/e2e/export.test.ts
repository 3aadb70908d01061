import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parse } from "csv-parse/sync";
import { Client } from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Platform, type Problem, startPlatform } from "../platform.ts";
import { at, point } from "../points.ts";

const DENSE = 200_000;
const start = Math.floor(Date.now() / 1_000) * 1_000 - 3_600_000;
const end = Date.now() + 60_000;

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
  await platform.post("/api/v1/telemetry/bulk", {
    device_001: [
      point({ timestamp: at(start), value: 25.5, unit: "celsius", tags: { room: "a, b" } }),
      point({ timestamp: at(start + 1_000), value: -3 }),
      point({
        timestamp: at(start + 1_000),
        metric_name: 'cpu{core="0",host="x"}',
        value: '=HYPERLINK("x")',
      }),
    ],
    device_002: [point({ timestamp: at(start + 500), value: 7 })],
    dense: [point({ timestamp: at(start), value: 0 })],
  });
  const everything = async () => {
    const answer = await platform.get<string>(exportPath({ device_ids: "device_001,device_002,dense" }));
    expect(answer.body.trim().split("\r\n")).toHaveLength(5);
  };
  await vi.waitFor(everything, { timeout: 15_000, interval: 50 });
  await makeDense();
}, 60_000);

afterAll(async () => {
  await platform.stop();
});

/** A point a millisecond, as no device would send them within a test's time. */
async function makeDense(): Promise<void> {
  const client = new Client({ connectionString: platform.databaseUrl });
  await client.connect();
  await client.query(
    `INSERT INTO points (series_id, tie, time, version, value, retention_class)
     SELECT id, 0, $1::bigint + 1000 * n, 1, n, retention_class
     FROM series, generate_series(1, $2::int - 1) AS n WHERE device_id = 'dense'`,
    [start * 1_000, DENSE],
  );
  await client.end();
}

const exportPath = (given: Record<string, string> = {}) => {
  const asked = {
    device_ids: "device_001",
    metric_names: "temperature",
    start_time: at(start),
    end_time: at(end),
  };
  return `/api/v1/telemetry/export/csv?${new URLSearchParams({ ...asked, ...given })}`;
};

const download = (path: string, signal?: AbortSignal) =>
  fetch(`${platform.url}${path}`, { headers: { "x-api-key": platform.apiKey }, signal });

it("answers a CSV file of the devices and metrics asked for, in order of time [E7-US1 AC1, E7-US1 AC4]", async () => {
  const metric_names = 'temperature,cpu{core="0",host="x"}';
  const answer = await platform.get<string>(
    exportPath({ device_ids: "device_001,device_002", metric_names }),
  );
  expect(answer.status).toBe(200);
  expect(answer.body.split("\r\n")[0]).toBe("timestamp,device_id,metric_name,value,unit,tags");
  expect(parse(answer.body, { from_line: 2 })).toEqual([
    [isoMicros(start), "device_001", "temperature", "25.5", "celsius", '{"room":"a, b"}'],
    [isoMicros(start + 500), "device_002", "temperature", "7", "", ""],
    [isoMicros(start + 1_000), "device_001", 'cpu{core="0",host="x"}', `'=HYPERLINK("x")`, "", ""],
    [isoMicros(start + 1_000), "device_001", "temperature", "-3", "", ""],
  ]);
});

const isoMicros = (ms: number) => new Date(ms).toISOString().replace(/\.000Z$/, "Z");

it.each(["device_ids", "metric_names", "start_time", "end_time"])(
  "asks for %s [E7-US1 AC2]",
  async (name) => {
    const [path, query] = exportPath().split("?");
    const without = new URLSearchParams(query);
    without.delete(name);
    const answer = await platform.get<Problem>(`${path}?${without}`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((fault) => fault.path)).toEqual([name]);
  },
);

it("streams it as a file to be kept, under a name [E7-US1 AC3]", async () => {
  const { headers } = await platform.get(exportPath());
  expect(headers.get("content-type")).toContain("text/csv");
  expect(headers.get("content-disposition")).toMatch(/^attachment; filename="telemetry_[0-9TZ._-]+\.csv"$/);
  expect(headers.get("content-length")).toBeNull();
  expect(headers.get("x-request-id")).toBeTruthy();
});

it("answers 404 if there is no data, and 422 if there cannot be any [E7-US1 AC5]", async () => {
  const nothing = await platform.get<Problem>(exportPath({ device_ids: "nobody" }));
  expect([nothing.status, nothing.body.detail]).toEqual([404, expect.stringContaining("no data")]);
  const backwards = await platform.get<Problem>(exportPath({ end_time: at(start - 1) }));
  expect(backwards.status).toBe(422);
});

it("exports a dense series whole, in order, and keeps no more of it for being longer [E7-US1 AC6]", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const { body } = await download(exportPath({ device_ids: "dense" }));
  const heaps: number[] = [];
  let [rows, rest, pieces, last] = [0, "", 0, -1];
  for await (const piece of body ?? []) {
    const lines = (rest + Buffer.from(piece).toString()).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines.slice(rows === 0 ? 1 : 0)) {
      const value = Number(line.split(",")[3]);
      expect(value).toBe(last + 1);
      last = value;
      rows++;
    }
    if (pieces++ % 20 > 0) continue;
    collect();
    heaps.push(process.memoryUsage().heapUsed);
  }
  expect(rows).toBe(DENSE);
  const [early = 0, late = 0] = [Math.max(...heaps.slice(0, 3)), heaps.at(-1)];
  expect(late - early).toBeLessThan(15 * 1_024 * 1_024);
}, 60_000);

it("answers HEAD with what GET would say, and sends nothing", async () => {
  const headers = { "x-api-key": platform.apiKey };
  const answer = await fetch(`${platform.url}${exportPath()}`, { method: "HEAD", headers });
  expect([answer.status, answer.headers.get("content-disposition")]).toEqual([200, expect.any(String)]);
  expect(await answer.text()).toBe("");
});

it("asks the store for no more once the client has gone away, and logs that it left", async () => {
  const { dependencies } = platform.runtime;
  const points = vi.spyOn(dependencies.measurements, "points");
  const info = vi.spyOn(dependencies.logger, "info");
  const leaving = new AbortController();
  const { body } = await download(exportPath({ device_ids: "dense" }), leaving.signal);
  await body?.getReader().read();
  leaving.abort();
  const left = expect.objectContaining({ end: "left" });
  await expect.poll(() => info.mock.calls, { timeout: 10_000 }).toContainEqual(["streamed", left]);
  expect(points.mock.calls.length).toBeLessThan(DENSE / 2_000);
  vi.restoreAllMocks();
});

it("breaks the connection off if the store fails in the middle, so that nobody takes a part for the whole", async () => {
  const { measurements } = platform.runtime.dependencies;
  const read = measurements.points;
  let pages = 0;
  vi.spyOn(measurements, "points").mockImplementation((query) =>
    ++pages > 10 ? Promise.reject(new Error("the disk is on fire")) : read(query),
  );
  const answer = await download(exportPath({ device_ids: "dense" }));
  expect(answer.status).toBe(200);
  await expect(answer.text()).rejects.toThrow();
  vi.restoreAllMocks();
});
