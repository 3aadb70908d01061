import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Point } from "../../layers/core/measurement.ts";
import { CSV_HEADER, csvLine } from "./csv.ts";

const point: Point = {
  deviceId: "device_001",
  metricName: "temperature",
  time: 1_766_052_000_000_000,
  value: 25.5,
};

const read = (points: readonly Point[]): Record<string, string>[] =>
  parse(CSV_HEADER + points.map(csvLine).join(""), { columns: true, record_delimiter: "\r\n" });

it("writes timestamp, device, metric, value, unit and tags under their names [E7-US1 AC4]", () => {
  const line = csvLine({ ...point, unit: "celsius", tags: { location: "room_1" } });
  expect(CSV_HEADER).toBe("timestamp,device_id,metric_name,value,unit,tags\r\n");
  expect(line).toBe(
    '2025-12-18T10:00:00Z,device_001,temperature,25.5,celsius,"{""location"":""room_1""}"\r\n',
  );
  expect(csvLine(point)).toBe("2025-12-18T10:00:00Z,device_001,temperature,25.5,,\r\n");
});

it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])(
  "makes no formula of the text %j, as a value or as a unit",
  (text) => {
    const [row] = read([{ ...point, value: text, unit: text }]);
    expect([row?.value, row?.unit]).toEqual([`'${text}`, `'${text}`]);
  },
);

it.each([-25.5, 0, 1e-7, -1e300])("leaves the number %d one", (value) => {
  expect(read([{ ...point, value }])[0]?.value).toBe(String(value));
});

it.each([
  [true, "true"],
  [{ lat: 1, lon: -2 }, '{"lat":1,"lon":-2}'],
  [[1, "a"], '[1,"a"]'],
] as const)("writes %j as JSON", (value, text) => {
  expect(read([{ ...point, value: value as Point["value"] }])[0]?.value).toBe(text);
});

it("is read back as it was by a reader of RFC 4180, whatever text it holds", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 40 }).map((made) => `t${made}`);
  const tags = fc.dictionary(text, text, { minKeys: 1, noNullPrototype: true });
  const points = fc.array(fc.record({ value: text, unit: text, tags }), { maxLength: 20 });
  fc.assert(
    fc.property(points, (made) => {
      const rows = read(made.map((each) => ({ ...point, ...each })));
      expect(rows.map(({ value, unit, tags }) => ({ value, unit, tags: JSON.parse(tags ?? "") }))).toEqual(
        made,
      );
    }),
  );
});
