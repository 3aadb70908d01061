import type pg from "pg";
import type { Aggregation } from "../../../core/aggregation.ts";
import type { Value } from "../../../core/measurement.ts";
import type { Micros } from "../../../core/time.ts";
import { query } from "../../postgres/transaction.ts";
import type { Bucket, BucketQuery, Page } from "../port.ts";
import { pageOf } from "./cursor.ts";
import { valueIn } from "./read-points.ts";
import { conditionsOf, Parameters, type Selection, select, sourceOf } from "./selection.ts";
import { readWindows, type Window } from "./windows.ts";

interface BucketRow {
  rank: number;
  start: string;
  value: number | null;
  document: Value | null;
  unit: string | null;
}

/** Over the numbers of a bucket: null if there are none, and then there is no answer for it. */
const statistics: Readonly<Record<Exclude<Aggregation, "first" | "last">, string>> = {
  avg: "avg(points.value)",
  min: "min(points.value)",
  max: "max(points.value)",
  sum: "sum(points.value)",
  count: "count(*)::float8",
  median: "percentile_cont(0.5) WITHIN GROUP (ORDER BY points.value)",
  p95: "percentile_cont(0.95) WITHIN GROUP (ORDER BY points.value)",
  p99: "percentile_cont(0.99) WITHIN GROUP (ORDER BY points.value)",
};

export async function readBuckets(pool: pg.Pool, wanted: BucketQuery, now: Micros): Promise<Page<Bucket>> {
  const selection = await select(pool, wanted, now);
  if (!selection) return { items: [] };
  const { interval } = wanted;
  const limit = wanted.limit + 1;
  const width = Math.ceil(limit / selection.named.length) * interval;
  const buckets = await readWindows({ ...selection, limit, width, align: interval }, (window, missing) =>
    readWindow(pool, selection, wanted, window, missing),
  );
  return pageOf(buckets, wanted.limit, ({ start, deviceId = "", metricName }) => ({
    time: start,
    deviceId,
    metricName,
  }));
}

async function readWindow(
  pool: pg.Pool,
  selection: Selection,
  wanted: BucketQuery,
  window: Window,
  limit: number,
): Promise<Bucket[]> {
  const statement = bucketStatement(selection, wanted, window, limit);
  const rows = await query<BucketRow>(pool, "reading buckets", statement);
  return rows.map(({ rank, start, value, document, unit }) => {
    const { deviceId, metricName = "" } = selection.named[rank] ?? {};
    const bucket: Bucket = { start: Number(start), metricName, value: valueIn(value, document) };
    if (deviceId !== undefined) bucket.deviceId = deviceId;
    if (unit !== null) bucket.unit = unit;
    return bucket;
  });
}

/**
 * Aggregates from the index alone where it can, and fetches a whole point only for what each bucket of the answer
 * takes from its newest or oldest. That is found on the way as the maximum of one number: the time within the
 * window, and below it the series' position in the list, which of equal times decides for the last device.
 */
function bucketStatement(
  selection: Selection,
  { aggregation, interval }: BucketQuery,
  window: Window,
  limit: number,
): { text: string; values: unknown[] } {
  const parameters = new Parameters();
  const source = sourceOf(selection, parameters);
  const conditions = conditionsOf(selection, window, parameters);
  const width = `${parameters.add(interval)}::bigint`;
  const from = `${parameters.add(window.from)}::bigint`;
  const base = `${parameters.add(selection.seriesIds.length + 1)}::bigint`;
  const mark = `(points.time - ${from}) * ${base} + series.position`;
  const { after } = selection;
  if (after) {
    const next = parameters.add(after.time + interval);
    conditions.push(`(points.time >= ${next} OR series.rank > ${parameters.add(after.rank)})`);
  }
  const marked = (name: string) => `
    JOIN LATERAL (
      SELECT value, document, unit FROM points
      WHERE series_id = ($1::int4[])[buckets.${name} % ${base}]
        AND retention_class = ANY (${parameters.add([...selection.oldest.keys()])})
        AND time = ${from} + buckets.${name} / ${base}
      LIMIT 1
    ) AS ${name} ON true`;
  const isPoint = aggregation === "first" || aggregation === "last";
  const statistic = isPoint ? "NULL::float8" : statistics[aggregation];
  const chosen = aggregation === "first" ? "oldest" : "newest";
  const text = `
    WITH buckets AS (
      SELECT series.rank, points.time - points.time % ${width} AS start, ${statistic} AS value,
        max(${mark}) AS newest${aggregation === "first" ? `, min(${mark}) AS oldest` : ""}
      FROM ${source}
      WHERE ${conditions.join(" AND ")}
      GROUP BY 1, 2
      ${isPoint ? "" : `HAVING ${statistic} IS NOT NULL`}
      ORDER BY 2, 1
      LIMIT ${parameters.add(limit)}
    )
    SELECT rank, start, newest.unit,
      ${isPoint ? `${chosen}.value, ${chosen}.document` : "buckets.value, NULL AS document"}
    FROM buckets ${marked("newest")} ${aggregation === "first" ? marked("oldest") : ""}
    ORDER BY start, rank`;
  return { text, values: parameters.values };
}
