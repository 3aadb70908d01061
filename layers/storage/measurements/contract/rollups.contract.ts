import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { aggregations } from "../../../core/aggregation.ts";
import type { StoredPoint, Value } from "../../../core/measurement.ts";
import { microsOf } from "../../../core/time.ts";
import type { BucketQuery, Measurements } from "../port.ts";
import { APPROXIMATED, expectAlike, expectedBuckets } from "./expected-buckets.ts";
import { DAY, everyPage, HOUR, MIDNIGHT, MINUTE, newName, pointOf, WHOLE_DAY } from "./samples.ts";

const now = () => microsOf(Date.now());

const DEVICES = 3;
const METRICS = 2;
const WRITERS = 6;
const WRITES = 12;

/** Whether it gets far is not asked here: others on the server may keep it waiting. */
const SHORTLY = { forMs: 50 };

export function rollupsContract(store: () => Measurements): void {
  it("answers the same whatever is summed up, written late, twice or over it, and in whatever order [E3-US5 AC4, FR-011]", async () => {
    await fc.assert(
      fc.asyncProperty(anyHistory, async ({ rounds, questions }) => {
        const [devices, metrics] = [namesOf("device", DEVICES), namesOf("metric", METRICS)];
        const written: StoredPoint[] = [];
        for (const { points, rollUp } of rounds) {
          const named = points.map(({ device, metric, rank, ...point }, i) => {
            const version = rank * 1_000 + written.length + i; // so that no two are equal
            return pointOf({ ...point, deviceId: devices[device], metricName: metrics[metric], version });
          });
          await store().write(named);
          written.push(...named);
          if (rollUp) await store().rollUp(now(), SHORTLY);
        }
        for (const { limit, ...question } of questions) {
          const query: BucketQuery = { ...question, metrics, limit };
          const { items } = await everyPage(query, (query) => store().buckets(query));
          const exact = store().capabilities.exactPercentiles || !APPROXIMATED.has(question.aggregation);
          expectAlike(items, expectedBuckets(newestOfEachKey(written), question), exact);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("counts what was acknowledged at once, while others write to the same hours and several sum up", async () => {
    const metrics = [newName("metric")];
    const [metricName = ""] = metrics;
    let writing = true;
    const summingUp = [1, 2].map(async () => {
      // Who has nothing to sum up says so at once, and would let nobody else have a turn.
      for (; writing; await setImmediate()) await store().rollUp(now());
    });
    const writer = async (deviceId: string) => {
      for (let i = 1; i <= WRITES; i++) {
        const times = [0, 1, 5].map((hour) => MIDNIGHT + hour * HOUR + i * MINUTE);
        await store().write(times.map((time) => pointOf({ deviceId, metricName, time, value: i })));
        const query = { ...WHOLE_DAY, devices: [deviceId], metrics, interval: DAY } as const;
        const { items } = await store().buckets({ ...query, aggregation: "count" });
        expect(items).toMatchObject([{ value: times.length * i }]);
      }
    };
    await Promise.all(namesOf("device", WRITERS).map(writer)).finally(() => {
      writing = false;
    });
    await Promise.all(summingUp);
    const query = { ...WHOLE_DAY, metrics, interval: HOUR, acrossDevices: true } as const;
    await store().rollUp(now());
    const { items } = await store().buckets({ ...query, aggregation: "sum" });
    const sum = (WRITERS * WRITES * (WRITES + 1)) / 2;
    expect(items.map(({ start, value }) => [(start - MIDNIGHT) / HOUR, value])).toEqual([
      [0, sum],
      [1, sum],
      [5, sum],
    ]);
  });

  it("answers of numbers that are too large to be added up what there is to answer", async () => {
    const metrics = [newName("metric")];
    const [metricName = ""] = metrics;
    const hours = [[1.7e308, 1.7e308, -1.7e308], [1e300, 1], [2]];
    const points = hours.flatMap((values, hour) =>
      values.map((value, i) => pointOf({ metricName, time: MIDNIGHT + hour * HOUR + i, value })),
    );
    await store().write(points);
    await store().rollUp(now());
    const query = { ...WHOLE_DAY, metrics, interval: HOUR } as const;
    const largest = await store().buckets({ ...query, aggregation: "max" });
    expect(largest.items.map(({ value }) => value)).toEqual([1.7e308, 1e300, 2]);
    const sums = await store().buckets({ ...query, from: MIDNIGHT + HOUR, aggregation: "sum" });
    expect(sums.items.map(({ value }) => value)).toEqual([1e300, 2]);
  });
}

const namesOf = (kind: string, count: number): string[] => Array.from({ length: count }, () => newName(kind));

const anyValue: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  fc.constantFrom<Value>("on", true, { lat: 1, lon: 2 }),
);

/** Few times, so that they meet often, at the edges of hours and between. */
const anyTime = fc
  .record({ hour: fc.nat(5), rest: fc.constantFrom(0, 1, 30 * MINUTE, HOUR - 1) })
  .map(({ hour, rest }) => MIDNIGHT + hour * HOUR + rest);

const anyPoint = fc.record({
  device: fc.nat(DEVICES - 1),
  metric: fc.nat(METRICS - 1),
  time: anyTime,
  value: anyValue,
  unit: fc.constantFrom(undefined, "celsius", "kelvin"),
  rank: fc.nat(3),
});

const anyRound = fc.record({
  points: fc.array(anyPoint, { maxLength: 25, size: "max" }),
  rollUp: fc.boolean(),
});

const anyQuestion = fc.record({
  aggregation: fc.constantFrom(...aggregations),
  interval: fc.constantFrom(HOUR, 2 * HOUR, DAY, 30 * MINUTE),
  from: fc.oneof(fc.constant(MIDNIGHT), anyTime),
  to: fc.oneof(fc.constant(MIDNIGHT + DAY), anyTime),
  acrossDevices: fc.boolean(),
  limit: fc.constantFrom(1, 4, 10_000),
});

const anyHistory = fc.record({
  rounds: fc.array(anyRound, { maxLength: 5, size: "max" }),
  questions: fc.array(anyQuestion, { minLength: 4, maxLength: 8 }),
});

function newestOfEachKey(points: readonly StoredPoint[]): StoredPoint[] {
  const newest = new Map<string, StoredPoint>();
  for (const point of points) {
    const key = JSON.stringify([point.deviceId, point.metricName, point.time]);
    const known = newest.get(key);
    if (!known || point.version > known.version) newest.set(key, point);
  }
  return [...newest.values()];
}
