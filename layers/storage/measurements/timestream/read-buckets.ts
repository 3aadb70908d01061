import type { TimestreamQueryClient } from "@aws-sdk/client-timestream-query";
import type { Aggregation } from "../../../core/aggregation.ts";
import { decodeCursor, pageOf } from "../cursor.ts";
import type { Bucket, BucketQuery, Page } from "../port.ts";
import { ask, type Row, textIn } from "./ask.ts";
import { after } from "./position.ts";
import { valueIn } from "./read-points.ts";
import { isPossible, type Place, soughtOf, sourceOf } from "./source.ts";
import { microsIn, nanos } from "./sql.ts";

/** Over the numbers of a bucket: null if there are none. */
const statistics: Readonly<Record<Exclude<Aggregation, "first" | "last">, string>> = {
  avg: "avg(value)",
  min: "min(value)",
  max: "max(value)",
  sum: "sum(value)",
  count: "count(*)",
  median: "approx_percentile(value, 0.5)",
  p95: "approx_percentile(value, 0.95)",
  p99: "approx_percentile(value, 0.99)",
};

export async function readBuckets(
  query: TimestreamQueryClient,
  place: Place,
  wanted: BucketQuery,
): Promise<Page<Bucket>> {
  const position = decodeCursor(wanted.cursor);
  const sought = soughtOf(place, wanted, position);
  if (!isPossible(sought) || place.tables.length === 0) return { items: [] };
  const { acrossDevices = false, limit } = wanted;
  const sql = [
    `SELECT * FROM (${groupedBy(sourceOf(place, sought), wanted)}) AS grouped`,
    `WHERE ${[isThere(wanted.aggregation), ...(position ? [after(position, "start", acrossDevices)] : [])].join(" AND ")}`,
    `ORDER BY start, ${acrossDevices ? "metric" : "device, metric"} LIMIT ${limit + 1}`,
  ].join(" ");
  const buckets = (await ask(query, "reading buckets", sql)).map(bucketIn);
  return pageOf(buckets, limit, ({ start, deviceId = "", metricName }) => ({
    time: start,
    deviceId,
    metricName,
  }));
}

/** Whole multiples of the interval, to the nanosecond: so they begin where every store's do. */
function groupedBy(source: string, { aggregation, interval, acrossDevices = false }: BucketQuery): string {
  const width = nanos(interval);
  const start = `(nanos / ${width}) * ${width} AS start`;
  const names = acrossDevices ? "metric" : "device, metric";
  const order = acrossDevices ? IN_TIME_OF_ALL : "nanos";
  const columns = [start, names, aggregated(aggregation, order), `max_by(unit, ${order}) AS unit`];
  return `SELECT ${columns.join(", ")} FROM ${source} GROUP BY 1, ${names}`;
}

/** By time, then by device. */
const IN_TIME_OF_ALL = "concat(lpad(CAST(nanos AS varchar), 19, '0'), device)";

const VALUES = ["value", "text", "flag", "document"] as const;

function aggregated(aggregation: Aggregation, order: string): string {
  if (aggregation !== "first" && aggregation !== "last") return `${statistics[aggregation]} AS value`;
  const take = aggregation === "first" ? "min_by" : "max_by";
  return VALUES.map((column) => `${take}(${column}, ${order}) AS ${column}`).join(", ");
}

/** Buckets without a number have none of their statistics. */
const isThere = (aggregation: Aggregation): string =>
  aggregation === "first" || aggregation === "last" ? "start >= 0" : "value IS NOT NULL";

function bucketIn(row: Row): Bucket {
  const bucket: Bucket = {
    start: microsIn(textIn(row, "start")),
    metricName: textIn(row, "metric"),
    value: valueIn(row),
  };
  if (typeof row.device === "string") bucket.deviceId = row.device;
  if (typeof row.unit === "string") bucket.unit = row.unit;
  return bucket;
}
