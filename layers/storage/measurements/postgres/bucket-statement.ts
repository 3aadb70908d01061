import type { Aggregation } from "../../../core/aggregation.ts";
import type { BucketQuery } from "../port.ts";
import type { Selection } from "./selection.ts";
import { type Source, sourceOf } from "./source.ts";
import type { Window } from "./windows.ts";

/** Over the numbers of a bucket: null if there are none. */
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

/**
 * The buckets of one window, at most `limit`: rank, start, value or document, unit.
 *
 * It aggregates from the index alone where it can (see the migration), and then fetches whole points only for what
 * the buckets of the answer take from their newest or oldest. Which those are is found on the way, as the largest
 * or smallest of one number per point: its mark, which is the time within the window and, below that, the position
 * of the series, so that of several devices' points of one time the last counts as the newest.
 */
export function bucketStatement(
  selection: Selection,
  { aggregation, interval }: Pick<BucketQuery, "aggregation" | "interval">,
  window: Window,
  limit: number,
): { text: string; values: unknown[] } {
  const source = sourceOf(selection, window);
  const { from, conditions, add, values } = source;
  const { after } = selection;
  if (after) {
    // Of the bucket that the page before ended in, only what comes behind.
    const next = add(after.time + interval);
    conditions.push(`(points.time >= ${next} OR series.rank > ${add(after.rank)})`);
  }
  const marks = marksOf(source, selection, window);
  const statistic = statisticOf(aggregation, marks.mark);
  const isOfPoint = aggregation === "first" || aggregation === "last";
  // MATERIALIZED: else the planner sorts all points into the order of the answer, spilling to disk, instead of
  // hashing them, since it takes every point for a bucket of its own.
  const text = `
    WITH grouped AS MATERIALIZED (
      SELECT series.rank, points.time - points.time % ${add(interval)}::bigint AS start,
        ${statistic} AS value, max(${marks.mark}) AS newest
      FROM ${from}
      WHERE ${conditions.join(" AND ")}
      GROUP BY 1, 2
    ), buckets AS (
      SELECT * FROM grouped WHERE value IS NOT NULL ORDER BY start, rank LIMIT ${add(limit)}
    )
    SELECT rank, start, newest.unit,
      ${isOfPoint ? "chosen.value, chosen.document" : "buckets.value, NULL::jsonb AS document"}
    FROM buckets
    JOIN LATERAL (${marks.pointAt("buckets.newest")}) AS newest ON true
    ${isOfPoint ? `JOIN LATERAL (${marks.pointAt("buckets.value")}) AS chosen ON true` : ""}
    ORDER BY start, rank`;
  return { text, values };
}

/** For the first and the last: its mark. */
function statisticOf(aggregation: Aggregation, mark: string): string {
  if (aggregation === "first") return `min(${mark})`;
  if (aggregation === "last") return `max(${mark})`;
  return statistics[aggregation];
}

/** Fits 63 bits for 90 days of a million series. */
function marksOf({ seriesIds, add }: Source, { seriesIds: { length }, oldest }: Selection, window: Window) {
  const start = `${add(window.from)}::bigint`;
  const end = add(window.to);
  const classes = `${add([...oldest.keys()])}::int2[]`;
  const base = `${add(length + 1)}::bigint`; // positions begin with 1
  return {
    mark: `((points.time - ${start}) * ${base} + series.position)`,
    // LIMIT keeps it a look-up by key for each bucket; a join could become a scan of everything.
    pointAt: (mark: string) => `
      SELECT value, document, unit FROM points
      WHERE series_id = (${seriesIds})[${mark} % ${base}]
        AND retention_class = ANY (${classes})
        AND time = ${start} + ${mark} / ${base} AND time >= ${start} AND time < ${end}
      LIMIT 1`,
  };
}
