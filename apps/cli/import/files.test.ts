import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatTime } from "../../../layers/core/time.ts";
import type { Batch } from "./batch.ts";
import { batchesOf, type ImportOptions, openSource, tryBatch } from "./files.ts";
import { Tally } from "./tally.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "import-"));
});
afterAll(() => rm(folder, { recursive: true }));

const usual: ImportOptions = {
  zone: "UTC",
  batch: 1_000,
  timestampColumn: "timestamp",
  valueColumn: "value",
};
const now = Date.parse("2024-06-01T12:00:00.400Z");
const ongoing = new AbortController().signal;

interface Read {
  batches: Batch[];
  tally: Tally;
}

async function read(content: string, options: Partial<ImportOptions> = {}, signal = ongoing): Promise<Read> {
  const file = join(folder, "series.csv");
  await writeFile(file, content);
  const all = { ...usual, device: "d", metric: "m", ...options };
  const source = await openSource(file, all, { now });
  const tally = new Tally();
  const batches: Batch[] = [];
  for await (const batch of batchesOf(source, { options: all, tally, signal })) batches.push(batch);
  return { batches, tally };
}

const timesOf = ({ batches }: Read): string[] =>
  batches.flatMap(({ points }) => points.map(({ point }) => formatTime(point.time)));

describe("batchesOf", () => {
  it("moves a whole file by the same whole seconds so that its newest point is of the last second", async () => {
    const content =
      "timestamp,value\n2014-01-01 00:00:00.25,1\n2014-01-01 00:10:00.75,2\n2014-01-01 00:05:00,3\n";
    expect(timesOf(await read(content, { endNow: true }))).toEqual([
      "2024-06-01T11:49:59.250Z",
      "2024-06-01T11:59:59.750Z",
      "2024-06-01T11:54:59Z",
    ]);
    expect(timesOf(await read(content))[0]).toBe("2014-01-01T00:00:00.250Z");
  });

  it("gives every point the unit and the tags, and remembers its line", async () => {
    const { batches } = await read("timestamp,value\n2024-05-01,7\n", {
      unit: "celsius",
      tags: { room: "1" },
    });
    expect(batches).toMatchObject([
      {
        deviceId: "d",
        points: [
          {
            line: 2,
            point: { deviceId: "d", metricName: "m", value: 7, unit: "celsius", tags: { room: "1" } },
          },
        ],
      },
    ]);
  });

  it("cuts batches by number", async () => {
    const { batches } = await read(`timestamp,value\n${"2024-05-01,7\n".repeat(25)}`, { batch: 10 });
    expect(batches.map(({ points }) => points.length)).toEqual([10, 10, 5]);
  });

  it("cuts batches by size, so that large values do not make a request too large", async () => {
    const row = `2024-05-01,${"x".repeat(16_000)}\n`;
    const { batches } = await read(`timestamp,value\n${row.repeat(200)}`);
    expect(batches.length).toBeGreaterThan(2);
    for (const { points } of batches) expect(JSON.stringify(points).length).toBeLessThan(4_500_000);
  });

  it("accounts for every row", async () => {
    const { batches, tally } = await read(
      "timestamp,value\n2024-05-01,7\n2024-05-02,\nsoon,8\n2010-01-01,9\n",
    );
    for (const batch of batches) tryBatch(batch, tally, now);
    const file = join(folder, "series.csv");
    expect(tally.report()).toMatchObject({
      rows_read: 4,
      accepted: 1,
      skipped: 1,
      refused: 2,
      unsent: 0,
      reasons: [
        { reason: "timestamp: expected a date and time, or a Unix time", count: 1, at: [`${file}:4`] },
        { reason: "timestamp: older than the retention of 90 days", count: 1, at: [`${file}:5`] },
      ],
    });
  });

  it("stops at the next row once it is interrupted", async () => {
    const { batches } = await read("timestamp,value\n2024-05-01,7\n", {}, AbortSignal.abort());
    expect(batches).toEqual([]);
  });
});
