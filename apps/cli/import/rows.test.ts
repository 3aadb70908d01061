import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatTime } from "../../../layers/core/time.ts";
import { delimiterOf, type RowsOptions, readRows } from "./rows.ts";
import { zoneOf } from "./zone.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "import-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function rowsOf(content: string | Buffer, options: Partial<RowsOptions> = {}): Promise<string[]> {
  const file = join(folder, "file.csv");
  await writeFile(file, content);
  const rows: string[] = [];
  const columns = { timestampColumn: "timestamp", valueColumn: "value" };
  for await (const row of readRows(file, { ...columns, zone: zoneOf("UTC"), ...options })) {
    if ("empty" in row) rows.push(`${row.line} empty`);
    else if ("fault" in row) rows.push(`${row.line} ${row.fault}`);
    else rows.push(`${row.line} ${formatTime(row.time)} ${JSON.stringify(row.value)}`);
  }
  return rows;
}

describe("readRows", () => {
  it("reads the two columns, wherever they stand and however they are written", async () => {
    const rows = await rowsOf("Value,site,TIMESTAMP\n1.5,a,2024-03-01 10:00\ntrue,b,2024-03-01 10:05\n");
    expect(rows).toEqual(["2 2024-03-01T10:00:00Z 1.5", "3 2024-03-01T10:05:00Z true"]);
  });

  it("takes the columns by other names where it is told so", async () => {
    const rows = await rowsOf("time;°C;value\n1709288430;21;9\n", {
      timestampColumn: "Time",
      valueColumn: "°c",
    });
    expect(rows).toEqual(["2 2024-03-01T10:20:30Z 21"]);
  });

  it("reads quoted cells with commas and line breaks, and says the line that a row ends on", async () => {
    const rows = await rowsOf('timestamp,value\r\n2024-03-01,"a, ""b""\nc"\r\n2024-03-02,7\r\n');
    expect(rows).toEqual(['3 2024-03-01T00:00:00Z "a, \\"b\\"\\nc"', "4 2024-03-02T00:00:00Z 7"]);
  });

  it("passes over a byte order mark and blank lines", async () => {
    expect(await rowsOf("\ufefftimestamp,value\n\n2024-03-01,7\n\n")).toEqual(["3 2024-03-01T00:00:00Z 7"]);
  });

  it("tells rows without a value, bad times, bad numbers and short rows apart", async () => {
    const rows = await rowsOf(
      "timestamp,value\n2024-03-01,\nsoon,1\n2024-03-01,NaN\n2024-03-01\n2024-03-01,5,6\n",
    );
    expect(rows).toEqual([
      "2 empty",
      "3 timestamp: expected a date and time, or a Unix time",
      "4 value: expected a finite number",
      "5 the row is shorter than the header",
      "6 2024-03-01T00:00:00Z 5",
    ]);
  });

  it("takes a quote within a cell as a character", async () => {
    expect(await rowsOf('timestamp,value\n2024-03-01,5" pipe\n')).toEqual([
      '2 2024-03-01T00:00:00Z "5\\" pipe"',
    ]);
  });

  it("says after which line a quote is never closed, without reading the rest of a large file for it", async () => {
    const opened = 'timestamp,value\n2024-03-01,1\n2024-03-02,"2\n';
    await expect(rowsOf(opened)).rejects.toThrow(/file.csv: after line 2: Quote Not Closed/);
    await expect(rowsOf(opened + "2024-03-03,3\n".repeat(20_000))).rejects.toThrow(
      /file.csv: after line 2: Max Record Size/,
    );
  });

  it("says which columns there are where the one it needs is not", async () => {
    await expect(rowsOf("time,temp\n1,2\n")).rejects.toThrow(
      'file.csv: no column "timestamp" among "time", "temp": name it with --timestamp-column',
    );
    await expect(rowsOf("")).rejects.toThrow("the file is empty");
  });

  it("tells how many bytes it has read", async () => {
    const told: number[] = [];
    const content = `timestamp,value\n${"2024-03-01,7\n".repeat(20_000)}`;
    await rowsOf(content, { onBytes: (bytes) => told.push(bytes) });
    expect(told.at(-1)).toBe(content.length);
    expect(told.length).toBeLessThan(20);
  });
});

it.each([
  ["timestamp,value", ","],
  ["timestamp;value", ";"],
  ["timestamp\tvalue\tunit", "\t"],
  ["timestamp", ","],
])("sees what separates the columns of %j", (header, delimiter) => {
  expect(delimiterOf(header)).toBe(delimiter);
});
