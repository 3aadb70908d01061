import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyJson, anyText } from "../../test/arbitraries.ts";
import { KnownMetrics } from "./known-metrics.ts";
import { checkPoint, deviceIdSchema, metricNameSchema, POINT_LIMITS, versionOf } from "./measurement.ts";
import { formatTime, MICROS_PER_DAY, MICROS_PER_SECOND, microsOf } from "./time.ts";

const now = Date.UTC(2025, 11, 18, 10);

/** The example of the product requirements. */
const input = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  timestamp: "2025-12-18T10:00:00Z",
  metric_name: "temperature",
  value: 25.5,
  unit: "celsius",
  tags: { location: "room_1" },
  ...changes,
});

const check = (point: unknown, { path = "", metrics }: { path?: string; metrics?: KnownMetrics } = {}) =>
  checkPoint(point, { deviceId: "device_001", now, path, metrics });

const faultsOf = (point: unknown) => check(point).faults ?? [];

const without = (name: string) => Object.fromEntries(Object.entries(input()).filter(([key]) => key !== name));

const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));

const at = (micros: number) => input({ timestamp: formatTime(microsOf(now) + micros) });

describe("a point", () => {
  it("is read as the device sent it", () => {
    expect(check(input()).point).toEqual({
      deviceId: "device_001",
      metricName: "temperature",
      time: microsOf(now),
      value: 25.5,
      unit: "celsius",
      tags: { location: "room_1" },
    });
  });

  it.each(["timestamp", "metric_name", "value"])("requires %s [E1-US1 AC2]", (name) => {
    for (const point of [without(name), input({ [name]: null })]) {
      expect(faultsOf(point).map(({ path }) => path)).toEqual([name]);
    }
  });

  it.each([
    ["a number", -12.75],
    ["zero", 0],
    ["text", "open"],
    ["empty text", ""],
    ["long text", "x".repeat(16_000)],
    ["true", true],
    ["false", false],
    ["JSON", { state: "on", levels: [1, null, { deep: true }] }],
    ["a list", [1, 2, 3]],
    ["a geolocation", { lat: 47.3769, lon: 8.5417 }],
    ["bytes as base64", "AP8BgA=="],
  ])("may have %s for a value [E1-US1 AC3, FR-005]", (_, value) => {
    expect(check(input({ value })).point?.value).toEqual(value);
  });

  it("may have a unit, tags and metadata, and may do without [E1-US1 AC4]", () => {
    const metadata = { firmware: "1.2.0", calibrated: true, history: [1, null] };
    expect(check(input({ metadata })).point).toMatchObject({
      unit: "celsius",
      tags: { location: "room_1" },
      metadata,
    });
    const bare = { timestamp: "2025-12-18T10:00:00Z", metric_name: "temperature", value: 1 };
    for (const nothing of [{}, { unit: null, tags: null, metadata: null }, { tags: {}, metadata: {} }]) {
      expect(Object.keys(check({ ...bare, ...nothing }).point ?? {}).sort()).toEqual(
        ["deviceId", "metricName", "time", "value"].sort(),
      );
    }
  });
});

describe("a malformed point", () => {
  const infinite = Number.parseFloat("1e999");
  const manyTags = (count: number, value: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, value]));

  it.each([
    ["timestamp", "has no zone", input({ timestamp: "2025-12-18T10:00:00" })],
    ["timestamp", "is on February 30th", input({ timestamp: "2025-02-30T10:00:00Z" })],
    ["timestamp", "is a number", input({ timestamp: 1_766_052_000 })],
    ["metric_name", "is empty", input({ metric_name: "" })],
    ["metric_name", "is outside of the grammar", input({ metric_name: "two words" })],
    ["value", "is 1e999", input({ value: infinite })],
    ["value", "holds -1e999", input({ value: [-infinite] })],
    ["value", "holds NUL", input({ value: "a\u0000b" })],
    ["value", "holds half of a surrogate pair", input({ value: "\ud800" })],
    ["value", "holds NUL in a key", input({ value: { "\u0000": 1 } })],
    ["value", "is nested 34 deep", input({ value: nested(34) })],
    ["value", "is nested 100,000 deep", input({ value: nested(100_000) })],
    ["value", "is larger than 16 KB", input({ value: "x".repeat(16 * 1_024) })],
    ["value", "is larger once escaped", input({ value: "\u0001".repeat(3_000) })],
    ["unit", "is longer than 64 characters", input({ unit: "u".repeat(65) })],
    ["unit", "is a number", input({ unit: 7 })],
    ["unit", "holds NUL", input({ unit: "\u0000" })],
    ["tags.floor", "is a number", input({ tags: { floor: 3 } })],
    ["tags.room", "holds half of a surrogate pair", input({ tags: { room: "\ud800" } })],
    ["tags.room", "is longer than 512 characters", input({ tags: { room: "x".repeat(513) } })],
    ["tags", "is a list", input({ tags: ["a"] })],
    ["tags", "has 65 entries", input({ tags: manyTags(65, "") })],
    ["tags", "is larger than 16 KB", input({ tags: manyTags(40, "x".repeat(500)) })],
    ["tags", "is larger once escaped", input({ tags: manyTags(10, "\u0001".repeat(500)) })],
    ["metadata", "is a list", input({ metadata: [] })],
    ["metadata", "is nested 100,000 deep", input({ metadata: { deep: nested(100_000) } })],
    ["metadata", "holds half of a surrogate pair", input({ metadata: { note: "\udfff" } })],
    ["metadata", "is larger than 16 KB", input({ metadata: { blob: "x".repeat(17_000) } })],
    ["colour", "is unknown", input({ colour: "red" })],
    ["Value", "is in upper case", input({ Value: 1 })],
    ["device_id", "stands in the path already", input({ device_id: "device_001" })],
  ])("whose %s %s is refused by that name", (path, _, point) => {
    expect(check(point)).toEqual({ faults: [{ path, message: expect.any(String) }], impossible: false });
  });

  it.each([null, undefined, 7, "25.5", [], true])("is refused when it is %j and not an object", (point) => {
    expect(check(point)).toMatchObject({ faults: [{ path: "" }], impossible: false });
  });

  it("is told by its place in the request", () => {
    const path = "data_points[3]";
    expect(check(input({ timestamp: "noon" }), { path }).faults?.[0]?.path).toBe("data_points[3].timestamp");
    expect(check(input({ tags: { a: 1 } }), { path }).faults?.[0]?.path).toBe("data_points[3].tags.a");
    expect(check(input({ surplus: 1 }), { path }).faults).toEqual([
      { path: "data_points[3].surplus", message: "unknown field" },
    ]);
    expect(check(7, { path }).faults?.[0]?.path).toBe("data_points[3]");
  });

  it("is the worst that can happen, whatever is sent", () => {
    const fields = fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(input())), anyText(8)), anyJson);
    fc.assert(
      fc.property(fc.oneof(anyJson, fields.map(input)), (point) => {
        const { point: checked, faults = [] } = check(point);
        expect(checked ? faults : faults.length).not.toBe(0);
      }),
    );
  });
});

describe("the time of a point", () => {
  const ahead = POINT_LIMITS.minutesAhead * 60 * MICROS_PER_SECOND;
  const retention = 90 * MICROS_PER_DAY;

  it.each([
    ["15 minutes ahead", ahead],
    ["a second less than 15 minutes ahead", ahead - MICROS_PER_SECOND],
    ["as old as the retention", -retention],
    ["a second younger than the retention", -retention + MICROS_PER_SECOND],
  ])("may be %s of the server's clock", (_, micros) => {
    expect(check(at(micros)).point?.time).toBe(microsOf(now) + micros);
  });

  it.each([
    ["a second more than 15 minutes ahead", ahead + MICROS_PER_SECOND, "more than 15 minutes ahead"],
    ["a microsecond more than 15 minutes ahead", ahead + 1, "more than 15 minutes ahead"],
    ["a second past the retention", -retention - MICROS_PER_SECOND, "older than the retention of 90 days"],
    ["a microsecond past the retention", -retention - 1, "older than the retention of 90 days"],
  ])("may not be %s: well-formed, but impossible", (_, micros, message) => {
    expect(check(at(micros))).toEqual({
      faults: [{ path: "timestamp", message: expect.stringContaining(message) }],
      impossible: true,
    });
  });

  it("is held against the retention of its metric", () => {
    const old = at(-91 * MICROS_PER_DAY);
    const keptFor = (days: number) =>
      new KnownMetrics([{ name: "temperature", retention: { days, since: 1 } }]);
    expect(check(old, { metrics: keptFor(3_650) }).point).toBeDefined();
    const faults = check(at(-MICROS_PER_DAY - 1), { metrics: keptFor(1) }).faults;
    expect(faults?.[0]?.message).toContain("1 days");
  });

  it("is held against the definition of its metric: well-formed, but impossible [FR-007]", () => {
    const rules = { dataType: "numeric", maxValue: 25 } as const;
    const metrics = new KnownMetrics([{ name: "temperature", rules, retention: { days: 90, since: 1 } }]);
    expect(check(input(), { path: "data_points[3]", metrics })).toEqual({
      faults: [{ path: "data_points[3].value", message: expect.stringContaining("above") }],
      impossible: true,
    });
    expect(check(input({ value: 25 }), { metrics }).point).toBeDefined();
  });

  it("is the same moment in whatever zone it was written", () => {
    expect(check(input({ timestamp: "2025-12-18T11:00:00+01:00" })).point?.time).toBe(microsOf(now));
  });
});

describe("ids", () => {
  const takes = (schema: typeof deviceIdSchema, text: string) => schema.safeParse(text).success;

  it.each(["device_001", "7", "gateway:7", "AA-BB.cc@site", "x".repeat(128)])("%j names a device", (id) => {
    expect(takes(deviceIdSchema, id)).toBe(true);
  });

  it.each(["", "_1", "a b", "a/b", "a#", "é", "a\n", "x".repeat(129), "-a"])("%j names no device", (id) => {
    expect(takes(deviceIdSchema, id)).toBe(false);
  });

  it.each([
    "cpu",
    "_private",
    "sys/mem.free",
    "ns:metric-total",
    'cpu{core="0"}',
    'cpu{core="0",mode="user"}',
    'http{path="/a \\"b\\" \\\\ c"}',
    'room{name="Küche 😀"}',
    'a{b="x{y=\\"z\\"}"}',
  ])("%j names a metric", (name) => {
    expect(takes(metricNameSchema, name)).toBe(true);
  });

  it.each([
    "",
    "1st",
    "a b",
    "cpu{}",
    'cpu{core="0"',
    "cpu{core=0}",
    'cpu{core="0"}x',
    'cpu{1="a"}',
    'cpu{a="\\n"}',
    'cpu{a="\u0000"}',
    'cpu{a="\ud800"}',
    'cpu{a="""}',
    'cpu{b="1",a="2"}',
    'cpu{a="1",a="2"}',
    'cpu{a="1", b="2"}',
    "x".repeat(129),
    `a{b="${"x".repeat(512)}"}`,
  ])("%j names no metric", (name) => {
    expect(takes(metricNameSchema, name)).toBe(false);
  });
});

describe("a version", () => {
  it("is newer for a later acceptance, and within one for a later place", () => {
    const place = fc.tuple(fc.integer({ min: 0, max: 2 ** 42 }), fc.integer({ min: 0, max: 1_023 }));
    fc.assert(
      fc.property(place, place, ([aMs, a], [bMs, b]) => {
        const difference = versionOf(aMs, a) - versionOf(bMs, b);
        expect(Math.sign(difference)).toBe(Math.sign(aMs - bMs || a - b));
      }),
    );
  });
});
