import type pg from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type Fresh, freshDatabase } from "../../../../test/fresh.ts";
import type { StoredPoint } from "../../../core/measurement.ts";
import { openPool } from "../../postgres/pool.ts";
import { everyPage, MIDNIGHT, MINUTE, pointOf, SECOND, WHOLE_DAY } from "../contract/samples.ts";
import type { Measurements } from "../port.ts";
import { openPostgresMeasurements } from "./measurements.ts";
import { migrateMeasurements } from "./migrate.ts";

const COUNT = 20_000;
const PAGE = 1_000;

let database: Fresh;
let pool: pg.Pool;
let store: Measurements;

beforeAll(async () => {
  database = await freshDatabase();
  await migrateMeasurements(database.url);
  pool = openPool(database.url);
  store = openPostgresMeasurements({ pool });
  for (const metricName of ["dense", "bursts"]) await write(metricName);
  await pool.query("ANALYZE points");
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Of two devices: a point a millisecond, or a thousand of them within a moment, once a minute. */
async function write(metricName: string): Promise<void> {
  const dense = (i: number) => i * 1_000;
  const bursts = (i: number) => Math.floor(i / 1_000) * MINUTE + (i % 1_000);
  const time = metricName === "dense" ? dense : bursts;
  const points: StoredPoint[] = Array.from({ length: COUNT }, (_, i) =>
    pointOf({ deviceId: `device_${i % 2}`, metricName, time: MIDNIGHT + time(i), value: i }),
  );
  for (let at = 0; at < COUNT; at += 5_000) await store.write(points.slice(at, at + 5_000));
}

interface Plan {
  "Actual Rows": number;
  "Actual Loops": number;
  Plans?: Plan[];
}

const rowsRead = ({ Plans = [], ...plan }: Plan): number =>
  Plans.length === 0
    ? plan["Actual Rows"] * plan["Actual Loops"]
    : Plans.reduce((sum, inner) => sum + rowsRead(inner), 0);

/** How many rows PostgreSQL takes from its tables and indexes to run a statement. */
async function costOf({ text, values }: pg.QueryConfig): Promise<number> {
  const { rows } = await pool.query({ text: `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`, values });
  return rowsRead(rows[0]["QUERY PLAN"][0].Plan);
}

it.each(["dense", "bursts"])(
  "pages through a series that is %s in order, and reads little more than it answers [E7-US1 AC6]",
  async (metric) => {
    const asked = vi.spyOn(pool, "query");
    const query = { ...WHOLE_DAY, metrics: [metric], limit: PAGE };
    const { items } = await everyPage(query, (page) => store.points(page));
    const statements = asked.mock.calls.map(([statement]) => statement as unknown as pg.QueryConfig);
    asked.mockRestore();
    expect(items.map(({ value }) => value)).toEqual(Array.from({ length: COUNT }, (_, i) => i));
    const costs = await Promise.all(
      statements.filter(({ text }) => text?.includes("JOIN points")).map(costOf),
    );
    const read = costs.reduce((sum, cost) => sum + cost, 0);
    // The first page cannot know how dense the series is.
    expect(read).toBeLessThan(3 * COUNT);
    expect(statements.length).toBeLessThan((6 * COUNT) / PAGE);
  },
);

it("reads on from a cursor that says nothing of density", async () => {
  const position = Buffer.from(JSON.stringify([MIDNIGHT + SECOND, "device_1", "dense"])).toString(
    "base64url",
  );
  const page = await store.points({ ...WHOLE_DAY, metrics: ["dense"], limit: 3, cursor: position });
  expect(page.items.map(({ value }) => value)).toEqual([1_001, 1_002, 1_003]);
});
