import fc from "fast-check";
import { expect, it } from "vitest";
import { type Aggregation, aggregations } from "../../../core/aggregation.ts";
import type { StoredPoint, Value } from "../../../core/measurement.ts";
import type { BucketQuery, Measurements } from "../port.ts";
import { APPROXIMATED, expectAlike, expectedBuckets } from "./expected-buckets.ts";
import {
  DAY,
  everyPage,
  HOUR,
  MIDNIGHT,
  MINUTE,
  newName,
  pointOf,
  SECOND,
  WHOLE_DAY,
  wholeDay,
} from "./samples.ts";

/** Of 1 to 4 interpolated: 3.85 and 3.97. */
const ONE_TO_FOUR: Record<Aggregation, number> = {
  avg: 2.5,
  min: 1,
  max: 4,
  sum: 10,
  count: 4,
  median: 2.5,
  p95: 3.85,
  p99: 3.97,
  first: 3,
  last: 2,
};

export function bucketsContract(store: () => Measurements): void {
  const read = async (query: Partial<BucketQuery> & Pick<BucketQuery, "metrics" | "aggregation">) =>
    (await store().buckets({ ...WHOLE_DAY, interval: HOUR, ...query })).items;

  const write = async (values: readonly Value[], given: Partial<StoredPoint> = {}): Promise<string[]> => {
    const metricName = newName("metric");
    await store().write(
      values.map((value, i) => pointOf({ metricName, time: MIDNIGHT + i * SECOND, value, ...given })),
    );
    return [metricName];
  };

  it.each(aggregations)("computes %s [E3-US1 AC4, FR-011]", async (aggregation) => {
    const metrics = await write([3, 1, 4, 2]);
    const [bucket] = await read({ metrics, aggregation });
    const approximate = APPROXIMATED.has(aggregation) && !store().capabilities.exactPercentiles;
    if (approximate)
      expect(Math.abs(Number(bucket?.value) - ONE_TO_FOUR[aggregation])).toBeLessThanOrEqual(1);
    else expect(bucket?.value).toBeCloseTo(ONE_TO_FOUR[aggregation], 12);
  });

  it("begins buckets at multiples of the interval, whatever the range begins with [E3-US1 AC3]", async () => {
    const metricName = newName("metric");
    const minutes = [10, 20, 29, 31, 65];
    await store().write(
      minutes.map((minute) => pointOf({ metricName, time: MIDNIGHT + minute * MINUTE, value: minute })),
    );
    const range = { from: MIDNIGHT + 20 * MINUTE, to: MIDNIGHT + 65 * MINUTE };
    const found = await read({ metrics: [metricName], aggregation: "sum", interval: 30 * MINUTE, ...range });
    expect(found.map(({ start, value }) => [(start - MIDNIGHT) / MINUTE, value])).toEqual([
      [0, 49],
      [30, 31],
    ]);
  });

  it("leaves out buckets that hold no point", async () => {
    const metricName = newName("metric");
    await store().write([0, 5].map((hour) => pointOf({ metricName, time: MIDNIGHT + hour * HOUR })));
    const found = await read({ metrics: [metricName], aggregation: "count" });
    expect(found.map(({ start }) => (start - MIDNIGHT) / HOUR)).toEqual([0, 5]);
  });

  it("counts every point, and computes with numbers only [FR-011]", async () => {
    const metrics = await write([1, "2", true, { value: 4 }, 5]);
    const value = async (aggregation: Aggregation) =>
      (await wholeDay(store(), { metrics, aggregation }))?.value;
    expect(await value("count")).toBe(5);
    expect(await value("sum")).toBe(6);
    expect(await value("avg")).toBe(3);
    expect(await value("max")).toBe(5);
  });

  it("has no value for a bucket without a number, but its count, first and last", async () => {
    const metrics = await write(["on", { state: "off" }]);
    expect(await read({ metrics, aggregation: "avg" })).toEqual([]);
    expect(await read({ metrics, aggregation: "p95" })).toEqual([]);
    expect(await read({ metrics, aggregation: "count" })).toMatchObject([{ value: 2 }]);
    expect(await read({ metrics, aggregation: "first" })).toMatchObject([{ value: "on" }]);
    expect(await read({ metrics, aggregation: "last" })).toMatchObject([{ value: { state: "off" } }]);
  });

  it.each(aggregations)("gives %s the unit of the newest point in the bucket", async (aggregation) => {
    const metricName = newName("metric");
    const units = ["celsius", undefined, "fahrenheit"];
    await store().write(
      units.map((unit, i) => pointOf({ metricName, time: MIDNIGHT + i * SECOND, unit, value: i })),
    );
    expect(await read({ metrics: [metricName], aggregation })).toMatchObject([{ unit: "fahrenheit" }]);
    const [without] = await read({ metrics: [metricName], aggregation, to: MIDNIGHT + 2 * SECOND });
    expect(without).not.toHaveProperty("unit");
  });

  it("aggregates each device by itself, or all together [E3-US1 AC3, E3-US5 AC3, FR-010]", async () => {
    const metrics = [newName("metric")];
    const [metricName = ""] = metrics;
    const devices = [newName("device"), newName("device")];
    await store().write(devices.map((deviceId, i) => pointOf({ deviceId, metricName, value: i * 10 })));
    const each = await read({ metrics, aggregation: "avg" });
    const together = await read({ metrics, aggregation: "avg", acrossDevices: true });
    expect(each).toEqual(
      devices.map((deviceId, i) => ({ start: MIDNIGHT, deviceId, metricName, value: i * 10 })),
    );
    expect(together).toEqual([{ start: MIDNIGHT, metricName, value: 5 }]);
  });

  it("looks at the points that pass the filters only [E3-US1 AC3]", async () => {
    const metricName = newName("metric");
    const rooms = ["1", "2", "1", "2"];
    await store().write(
      rooms.map((room, i) =>
        pointOf({ metricName, time: MIDNIGHT + i, value: i, tags: { room }, unit: room }),
      ),
    );
    const query = { metrics: [metricName], aggregation: "last" } as const;
    expect(await read({ ...query, tags: { room: "1" } })).toMatchObject([{ value: 2, unit: "1" }]);
    expect(await read({ ...query, max: 1 })).toMatchObject([{ value: 1, unit: "2" }]);
    expect(await read({ ...query, tags: { room: "1" }, min: 3 })).toEqual([]);
  });

  it("takes intervals from a microsecond to a year", async () => {
    const metrics = await write([1, 2, 3]);
    expect(await read({ metrics, aggregation: "sum", interval: 1 })).toHaveLength(3);
    const range = { from: MIDNIGHT - 30 * DAY, to: MIDNIGHT + DAY, interval: 366 * DAY };
    const years = await read({ metrics, aggregation: "sum", ...range });
    expect(years.map(({ value }) => Number(value)).reduce((sum, value) => sum + value, 0)).toBe(6);
  });

  it("computes what a person would, of any points, over any interval and page [E3-US1 AC4, FR-011]", async () => {
    await fc.assert(
      fc.asyncProperty(anyQuestion, async ({ points, limit, ...question }) => {
        const metrics = [newName("metric"), newName("metric")];
        const devices = [newName("device"), newName("device"), newName("device")];
        const stored = points.map(({ device, metric, ...point }) =>
          pointOf({ ...point, deviceId: devices[device], metricName: metrics[metric] }),
        );
        await store().write(stored);
        const query = { ...question, metrics, limit };
        const { items, sizes } = await everyPage(query, (query) => store().buckets(query));
        const exact = store().capabilities.exactPercentiles || !APPROXIMATED.has(question.aggregation);
        expectAlike(items, expectedBuckets(stored, question), exact);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 150 },
    );
  });
}

const anyValue: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  fc.constantFrom<Value>("on", true, { lat: 1, lon: 2 }),
);

const somePoints = fc.uniqueArray(
  fc.record({
    device: fc.nat(2),
    metric: fc.nat(1),
    time: fc
      .nat(9)
      .chain((hour) =>
        fc.constantFrom(0, 1, MINUTE, 59 * MINUTE).map((rest) => MIDNIGHT + hour * HOUR + rest),
      ),
    value: anyValue,
    unit: fc.constantFrom(undefined, "celsius", "kelvin"),
  }),
  { selector: ({ device, metric, time }) => `${device} ${metric} ${time}`, maxLength: 60, size: "max" },
);

const anyQuestion = fc.record({
  points: somePoints,
  aggregation: fc.constantFrom(...aggregations),
  interval: fc.constantFrom(7 * SECOND, MINUTE, HOUR, 5 * HOUR, 3 * DAY),
  from: fc.integer({ min: -HOUR, max: 5 * HOUR }).map((offset) => MIDNIGHT + offset),
  to: fc.integer({ min: 5 * HOUR, max: 12 * HOUR }).map((offset) => MIDNIGHT + offset),
  acrossDevices: fc.boolean(),
  limit: fc.constantFrom(1, 2, 5, 10_000),
});
