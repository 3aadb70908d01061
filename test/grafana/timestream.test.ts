import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StoredPoint, Value } from "../../layers/core/measurement.ts";
import { ask, type Row } from "../../layers/storage/measurements/timestream/ask.ts";
import { openTimestreamMeasurements } from "../../layers/storage/measurements/timestream/measurements.ts";
import { timestreamClients } from "../aws/timestream-stand-in/clients.ts";
import { startTimestream, type TimestreamStandIn } from "../aws/timestream-stand-in/server.ts";
import { dashboards, timestreamDashboard } from "./dashboards.ts";
import { interpolatedForTimestream } from "./macros.ts";

const now = Date.now();
const HOUR = 3_600_000;
const DEVICES = ["boiler-1", "boiler-2"];
const chosen = { metric: ["temperature", "it's"], device: DEVICES, aggregation: ["avg"] };

let timestream: TimestreamStandIn;

const points = (deviceId: string, metricName: string, values: readonly Value[]): StoredPoint[] =>
  values.map((value, i) => ({
    ...{ deviceId, metricName, value, version: 1, tie: 0, unit: "celsius" },
    time: (now - HOUR + i * 1_000) * 1_000,
  }));

beforeAll(async () => {
  timestream = await startTimestream();
  const store = openTimestreamMeasurements({
    ...timestreamClients(timestream.url),
    database: timestream.database,
  });
  await store.write([
    ...DEVICES.flatMap((device) => points(device, "temperature", [10, 20, 60, 95])),
    ...points("boiler-1", "it's", [1, "off"]),
    ...points("erased", "temperature", [1_000]),
  ]);
  await store.erase("erased", now * 1_000, 10);
  await store.close();
});
afterAll(() => timestream.close());

function rowsOf(sql: string, variables: Record<string, string[]> = chosen): Promise<Row[]> {
  const { database } = timestream;
  const given = { from: now - 6 * HOUR, to: now, intervalMs: HOUR, variables, database, table: "points_90d" };
  return ask(timestreamClients(timestream.url).query, "looking", interpolatedForTimestream(sql, given));
}

const answerOf = (title: string, variables?: Record<string, string[]>): Promise<Row[]> => {
  const target = timestreamDashboard.panels.find((panel) => panel.title === title)?.targets[0];
  if (!target) throw new Error(`expected a panel "${title}"`);
  return rowsOf(target.rawQuery, variables);
};

describe("the dashboard of Timestream", () => {
  it("has a uid, and its panels an id and a place, of their own", () => {
    expect(dashboards.map(({ dashboard }) => dashboard.uid)).not.toContain(timestreamDashboard.uid);
    const { panels } = timestreamDashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)} ${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  it.each(timestreamDashboard.panels)(
    "$title answers, and in the form that its panel draws",
    async ({ type, targets }) => {
      const rows = await rowsOf(targets[0]?.rawQuery ?? "");
      expect(rows.length).toBeGreaterThan(0);
      expect(JSON.stringify(rows)).not.toContain("erased");
      if (type === "table") return;
      for (const { time, series, ...values } of rows) {
        expect(Date.parse(`${time}Z`)).toBeGreaterThan(now - 7 * HOUR);
        expect(series).toBeTypeOf("string");
        for (const value of Object.values(values)) expect(Number.isFinite(Number(value))).toBe(true);
      }
    },
  );

  it.each(timestreamDashboard.templating.list.filter(({ type }) => type === "query"))(
    "$name has what can be chosen",
    async ({ name, query }) => {
      const found = (await rowsOf(query)).flatMap((row) => Object.values(row));
      expect(found).toEqual(
        { table: ["points_90d"], metric: ["it's", "temperature"], device: DEVICES }[name],
      );
    },
  );

  it("aggregates as was chosen, what is a number", async () => {
    const title = "$aggregation of each interval";
    for (const [aggregation, expected] of Object.entries({ min: 10, max: 95, count: 4, avg: 46.25 })) {
      const rows = await answerOf(title, { ...chosen, device: ["boiler-2"], aggregation: [aggregation] });
      const whole = rows.map(({ value }) => Number(value));
      expect(aggregation === "count" ? whole.reduce((a, b) => a + b) : whole[0]).toBeCloseTo(expected);
      expect(new Set(rows.map(({ series }) => series))).toEqual(new Set(["boiler-2 temperature"]));
    }
  });

  it("shows the newest of the range, whatever it is", async () => {
    expect(await answerOf("Newest of the range")).toMatchObject([
      { device: "boiler-1", metric: "it's", value: null, text: "off", unit: "celsius" },
      { device: "boiler-1", metric: "temperature", value: "95", text: null },
      { device: "boiler-2", metric: "temperature", value: "95", text: null },
    ]);
  });
});
