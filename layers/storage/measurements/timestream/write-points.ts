import { PermanentError } from "../../../core/errors.ts";
import { isNewer, type StoredPoint } from "../../../core/measurement.ts";
import { formatTime, MICROS_PER_DAY, type Micros } from "../../../core/time.ts";
import type { RetentionOf } from "../port.ts";
import { contentOf, refuseImpossible } from "./record.ts";
import { newestAt } from "./rejections.ts";
import type { Tables } from "./tables.ts";
import { type Destination, type Writing, writeRecords } from "./write-records.ts";

/** A point, and how long it is kept. */
interface Kept {
  point: StoredPoint;
  days: number;
  /** Its metric was kept for another time when the point was made. */
  late: boolean;
}

/** Checks all before it writes any. */
export async function writePoints(
  destination: Destination,
  tables: Tables,
  points: readonly StoredPoint[],
  retentionOf: RetentionOf,
  now: Micros,
): Promise<void> {
  for (const point of points) if (point.time > newestAt(now)) throw ahead(point, now);
  const kept = newestOfEachKey(points).flatMap((point): Kept[] => {
    const { days, since } = retentionOf(point.metricName);
    return point.time < now - days * MICROS_PER_DAY ? [] : [{ point, days, late: point.time < since }];
  });
  for (const days of new Set(kept.map(({ days }) => days))) await tables.ensure(days);
  const longest = kept.some(({ late }) => late) ? ((await tables.all()).at(-1) ?? 0) : 0;
  const writings = kept.map((each) => writingOf(each, longest));
  await writeRecords(destination, writings, now);
}

/**
 * A point goes to the table of its days. If its metric was kept for another time when it was made, another version of
 * it may be in another table: it goes to the table that keeps everything longest, with its own days beside it, so
 * that no older version ever outlives it.
 */
function writingOf({ point, days, late }: Kept, longest: number): Writing {
  const content = contentOf(point, late ? days : undefined);
  refuseImpossible(point, content);
  return { days: late ? Math.max(days, longest) : days, key: point, content };
}

function newestOfEachKey(points: readonly StoredPoint[]): StoredPoint[] {
  const newest = new Map<string, StoredPoint>();
  for (const point of points) {
    const key = `${point.deviceId}\u0000${point.metricName}\u0000${point.time}`;
    const known = newest.get(key);
    if (!known || isNewer(point, known)) newest.set(key, point);
  }
  return [...newest.values()];
}

const ahead = ({ time, metricName, deviceId }: StoredPoint, now: Micros) =>
  new PermanentError(
    `expected a time at most 15 minutes ahead of ${formatTime(now)}, got ${time} µs for ${metricName} of ${deviceId}`,
    { code: "data_refused" },
  );
