import { expect } from "vitest";
import type { Aggregation } from "../../../core/aggregation.ts";
import type { StoredPoint, Value } from "../../../core/measurement.ts";
import { alignDown, type Micros } from "../../../core/time.ts";
import type { Bucket, BucketQuery } from "../port.ts";
import { compareText } from "./samples.ts";

// Buckets computed point by point, as a person would: what every store's answer is compared with.

/** By stores that have no exact percentiles. */
export const APPROXIMATED: ReadonlySet<Aggregation> = new Set<Aggregation>(["median", "p95", "p99"]);

type Wanted = Pick<BucketQuery, "aggregation" | "interval" | "from" | "to" | "acrossDevices">;

/** @param points of which each key occurs once */
export function expectedBuckets(points: readonly StoredPoint[], wanted: Wanted): Bucket[] {
  const contents = new Map<string, { bucket: Omit<Bucket, "value">; points: StoredPoint[] }>();
  for (const point of points) {
    if (point.time < wanted.from || point.time >= wanted.to) continue;
    const bucket = bucketOf(point, wanted);
    const key = JSON.stringify(bucket);
    const content = contents.get(key) ?? { bucket, points: [] };
    content.points.push(point);
    contents.set(key, content);
  }
  return [...contents.values()]
    .flatMap(({ bucket, points }) => aggregated(bucket, points, wanted.aggregation))
    .sort(inOrder);
}

function bucketOf(point: StoredPoint, { interval, acrossDevices }: Wanted): Omit<Bucket, "value"> {
  const start: Micros = alignDown(point.time, interval);
  const { deviceId, metricName } = point;
  return acrossDevices ? { start, metricName } : { start, deviceId, metricName };
}

function aggregated(
  bucket: Omit<Bucket, "value">,
  points: readonly StoredPoint[],
  aggregation: Aggregation,
): Bucket[] {
  const inTime = [...points].sort((a, b) => a.time - b.time || compareText(a.deviceId, b.deviceId));
  const value = valueOfAll(inTime, aggregation);
  const unit = inTime.at(-1)?.unit;
  if (value === undefined) return [];
  return [unit === undefined ? { ...bucket, value } : { ...bucket, value, unit }];
}

function valueOfAll(inTime: readonly StoredPoint[], aggregation: Aggregation): Value | undefined {
  const numbers = inTime.map(({ value }) => value).filter((value) => typeof value === "number");
  if (aggregation === "count") return inTime.length;
  if (aggregation === "first") return inTime.at(0)?.value;
  if (aggregation === "last") return inTime.at(-1)?.value;
  return numbers.length === 0 ? undefined : statistics[aggregation](numbers);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const statistics: Record<Exclude<Aggregation, "count" | "first" | "last">, (numbers: number[]) => number> = {
  avg: (numbers) => sum(numbers) / numbers.length,
  min: (numbers) => Math.min(...numbers),
  max: (numbers) => Math.max(...numbers),
  sum,
  median: (numbers) => interpolated(numbers, 0.5),
  p95: (numbers) => interpolated(numbers, 0.95),
  p99: (numbers) => interpolated(numbers, 0.99),
};

/** Between the two neighbours, in proportion: `percentile_cont` of the SQL standard. */
function interpolated(numbers: readonly number[], fraction: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const place = fraction * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

const inOrder = (a: Bucket, b: Bucket): number =>
  a.start - b.start ||
  compareText(a.deviceId ?? "", b.deviceId ?? "") ||
  compareText(a.metricName, b.metricName);

/** @param exact else only which buckets there are, and their units */
export function expectAlike(found: readonly Bucket[], expected: readonly Bucket[], exact: boolean): void {
  const withoutValue = ({ value: _value, ...bucket }: Bucket) => bucket;
  expect(found.map(withoutValue)).toEqual(expected.map(withoutValue));
  if (!exact) return;
  for (const [i, { value }] of expected.entries()) {
    const answer = found[i]?.value;
    if (typeof value !== "number" || typeof answer !== "number") expect(answer).toEqual(value);
    else expect(Math.abs(answer - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)) + 1e-6);
  }
}
