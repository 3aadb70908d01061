import type pg from "pg";
import { PermanentError } from "../../../core/errors.ts";
import { isNewer, type StoredPoint } from "../../../core/measurement.ts";
import { formatTime, type Micros } from "../../../core/time.ts";
import { query } from "../../postgres/transaction.ts";
import type { RetentionOf } from "../port.ts";
import { BinaryArray } from "./binary-array.ts";
import type { Partitions } from "./partitions.ts";
import { newestAt, oldestOf } from "./retention.ts";
import type { SeriesOfPoints, SeriesPoints } from "./series.ts";

const WRITE = {
  name: "points.write",
  text: `
    INSERT INTO points AS stored
      (series_id, retention_class, time, version, tie, value, document, unit, tags, metadata)
    SELECT * FROM unnest(
      $1::int4[], $2::int2[], $3::int8[], $4::int8[], $5::int4[],
      $6::float8[], $7::jsonb[], $8::text[], $9::jsonb[], $10::jsonb[])
    ON CONFLICT (series_id, retention_class, time) DO UPDATE SET
      version = excluded.version, tie = excluded.tie, value = excluded.value, document = excluded.document,
      unit = excluded.unit, tags = excluded.tags, metadata = excluded.metadata
    WHERE (stored.version, stored.tie) < (excluded.version, excluded.tie)`,
};

export interface PointWriter {
  write(points: readonly StoredPoint[], retentionOf: RetentionOf, now: Micros): Promise<void>;
}

/**
 * Writes all points by one statement: all or none. They are sorted by series and time, so that two writers who
 * touch the same points wait for each other but never in a circle, and neighbours in the index come together.
 */
export function openPointWriter(pool: pg.Pool, series: SeriesOfPoints, partitions: Partitions): PointWriter {
  return {
    async write(points, retentionOf, now) {
      refuseImpossible(points, now);
      const groups = (await series.group(points, retentionOf, now))
        .map((group) => newestOfEachTime(group, now))
        .sort((a, b) => a.series.id - b.series.id);
      await createMissing(partitions, groups);
      const values = columnsOf(groups, points.length);
      await query(pool, "writing points", { ...WRITE, values });
    },
  };
}

function refuseImpossible(points: readonly StoredPoint[], now: Micros): void {
  for (const { deviceId, metricName, time, value } of points) {
    if (time > newestAt(now)) {
      throw refused(`a time at most a day ahead of ${formatTime(now)}`, `${time} µs`, deviceId, metricName);
    }
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw refused("a finite number", String(value), deviceId, metricName);
    }
  }
}

const refused = (expected: string, got: string, deviceId: string, metricName: string) =>
  new PermanentError(`expected ${expected}, got ${got} for ${metricName} of ${deviceId}`, {
    code: "data_refused",
  });

/** Sorted by time, the newest version of each, and without what has expired already, which nobody could see. */
function newestOfEachTime({ series, points }: SeriesPoints, now: Micros): SeriesPoints {
  const oldest = oldestOf(series.retentionClass, now);
  if (points.length === 1) return { series, points: (points[0]?.time ?? 0) < oldest ? [] : points };
  const newest: StoredPoint[] = [];
  for (const point of inOrderOfTime(points)) {
    if (point.time < oldest) continue;
    const last = newest.at(-1);
    if (last?.time !== point.time) newest.push(point);
    else if (isNewer(point, last)) newest[newest.length - 1] = point;
  }
  return { series, points: newest };
}

function inOrderOfTime(points: StoredPoint[]): StoredPoint[] {
  const ordered = points.every(({ time }, i) => i === 0 || (points[i - 1]?.time ?? 0) <= time);
  return ordered ? points : points.sort((a, b) => a.time - b.time);
}

async function createMissing(partitions: Partitions, groups: readonly SeriesPoints[]): Promise<void> {
  for (const { series, points } of groups) {
    for (const { time } of points) {
      if (!partitions.covers(series.retentionClass, time)) {
        await partitions.create(series.retentionClass, time);
      }
    }
  }
}

function columnsOf(groups: readonly SeriesPoints[], length: number): (Buffer | null)[] {
  const seriesId = new BinaryArray("int4", length);
  const retentionClass = new BinaryArray("int2", length);
  const time = new BinaryArray("int8", length);
  const version = new BinaryArray("int8", length);
  const tie = new BinaryArray("int4", length);
  const value = new BinaryArray("float8", length);
  const document = new BinaryArray("jsonb", length);
  const unit = new BinaryArray("text", length);
  const tags = new BinaryArray("jsonb", length);
  const metadata = new BinaryArray("jsonb", length);
  for (const { series, points } of groups) {
    for (const point of points) {
      seriesId.int4(series.id);
      retentionClass.int2(series.retentionClass);
      time.int8(point.time);
      version.int8(point.version);
      tie.int4(point.tie);
      if (typeof point.value === "number") {
        value.float8(point.value);
        document.null();
      } else {
        value.null();
        document.jsonb(point.value);
      }
      if (point.unit === undefined) unit.null();
      else unit.text(point.unit);
      if (point.tags === undefined) tags.null();
      else tags.jsonb(point.tags);
      if (point.metadata === undefined) metadata.null();
      else metadata.jsonb(point.metadata);
    }
  }
  const columns = [seriesId, retentionClass, time, version, tie, value, document, unit, tags, metadata];
  return columns.map((column) => column.parameter());
}
