import { expect, it } from "vitest";
import { type DataType, type KnownMetric, KnownMetrics } from "./known-metrics.ts";

const defined = (name: string, rules: KnownMetric["rules"], days = 90, since = 1): KnownMetric => ({
  name,
  rules,
  retention: { days, since },
});

it.each<[DataType, unknown[], unknown[]]>([
  ["numeric", [0, -1.5], ["1", true, {}, []]],
  ["string", ["", "on"], [1, false, {}]],
  ["boolean", [true, false], [0, "true"]],
  ["json", [{ a: 1 }, [1], "text", 1, true], []],
  [
    "geolocation",
    [
      { lat: 90, lon: -180 },
      { lat: 0, lon: 0, alt: 5 },
    ],
    [{ lat: 91, lon: 0 }, { lat: 1 }, "1,2", [1, 2]],
  ],
  ["binary", ["", "AQ==", "AQID"], ["AQI", "not base64!", 1, { a: 1 }]],
])("takes values of the type %s and refuses others [FR-007]", (dataType, good, bad) => {
  const metrics = new KnownMetrics([defined("m", { dataType })]);
  for (const value of good) expect(metrics.faultIn("m", value)).toBeUndefined();
  for (const value of bad) expect(metrics.faultIn("m", value)).toMatch(/expected .* got /);
});

it("takes numbers within both bounds, the bounds themselves included [FR-007]", () => {
  const metrics = new KnownMetrics([defined("level", { dataType: "numeric", minValue: 0, maxValue: 100 })]);
  for (const value of [0, 100, 50.5]) expect(metrics.faultIn("level", value)).toBeUndefined();
  expect(metrics.faultIn("level", -0.001)).toBe("-0.001 is below the metric's minimum 0");
  expect(metrics.faultIn("level", 100.001)).toBe("100.001 is above the metric's maximum 100");
});

it("defines a series by its own name, or else by its base name [FR-007]", () => {
  const metrics = new KnownMetrics([
    defined("cpu", { dataType: "numeric", maxValue: 1 }, 7, 10),
    defined('cpu{core="0"}', { dataType: "numeric", maxValue: 5 }, 30, 20),
  ]);
  expect(metrics.faultIn('cpu{core="0"}', 3)).toBeUndefined();
  expect(metrics.faultIn('cpu{core="1"}', 3)).toBeDefined();
  expect(metrics.faultIn("cpu.load", 3)).toBeUndefined();
  expect(metrics.retentionOf('cpu{core="0"}')).toEqual({ days: 30, since: 20 });
  expect(metrics.retentionOf('cpu{core="1"}')).toEqual({ days: 7, since: 10 });
  metrics.learn([{ name: 'cpu{core="0"}', retention: { days: 90, since: 40 } }]);
  expect(metrics.faultIn('cpu{core="0"}', 3)).toBeDefined();
  expect(metrics.retentionOf('cpu{core="0"}')).toEqual({ days: 7, since: 40 });
});

it("keeps what nobody defined for 90 days, and forgets rules that are taken back [NFR-012]", () => {
  const metrics = new KnownMetrics();
  expect(metrics.retentionOf("m")).toEqual({ days: 90, since: 0 });
  metrics.learn([defined("m", { dataType: "string" }, 3_650)]);
  expect(metrics.retentionOf("m").days).toBe(3_650);
  expect(metrics.faultIn("m", 1)).toBeDefined();
  metrics.learn([{ name: "m", retention: { days: 90, since: 2 } }]);
  expect(metrics.faultIn("m", 1)).toBeUndefined();
  expect(metrics.retentionOf("m")).toEqual({ days: 90, since: 2 });
});
