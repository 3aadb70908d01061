import type { Aggregation } from "../../../core/aggregation.ts";
import type { BucketQuery } from "../port.ts";
import { type Marks, marksOf } from "./marks.ts";
import { groupedHours } from "./rollups/grouped-hours.ts";
import type { Selection } from "./selection.ts";
import { type Parameters, sourceOf } from "./source.ts";
import type { Window } from "./windows.ts";

/** What is computed of each bucket. */
export type Bucketing = Pick<BucketQuery, "aggregation" | "interval">;

/** The beginning of a statement, up to its `grouped (rank, start, value, newest)`: every bucket of the window. */
export interface Grouped extends Parameters {
  /** What stands behind WITH. */
  tables: string;
  marks: Marks;
}

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
 * It aggregates from rollups or from the index alone where it can (see the migrations), and then fetches whole
 * points only for what the buckets of the answer take from their newest or oldest. Which those are is found on the
 * way, as the largest or smallest of their marks.
 */
export function bucketStatement(
  selection: Selection,
  bucketing: Bucketing,
  window: Window,
  limit: number,
): { text: string; values: unknown[] } {
  const { tables, marks, add, values } =
    groupedHours(selection, bucketing, window) ?? groupedPoints(selection, bucketing, window);
  const isOfPoint = bucketing.aggregation === "first" || bucketing.aggregation === "last";
  const text = `
    WITH ${tables}, buckets AS (
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

function groupedPoints(selection: Selection, { aggregation, interval }: Bucketing, window: Window): Grouped {
  const source = sourceOf(selection, window);
  const { from, conditions, add, values } = source;
  const { after } = selection;
  if (after) {
    // Of the bucket that the page before ended in, only what comes behind.
    const next = add(after.time + interval);
    conditions.push(`(points.time >= ${next} OR series.rank > ${add(after.rank)})`);
  }
  const marks = marksOf(source, selection, window);
  const mark = marks.markOf("points.time", "series.position");
  // MATERIALIZED: else the planner sorts all points into the order of the answer, spilling to disk, instead of
  // hashing them, since it takes every point for a bucket of its own.
  const tables = `grouped AS MATERIALIZED (
      SELECT series.rank, points.time - points.time % ${add(interval)}::bigint AS start,
        ${statisticOf(aggregation, mark)} AS value, max(${mark}) AS newest
      FROM ${from}
      WHERE ${conditions.join(" AND ")}
      GROUP BY 1, 2
    )`;
  return { tables, marks, add, values };
}

/** For the first and the last: its mark. */
function statisticOf(aggregation: Aggregation, mark: string): string {
  if (aggregation === "first") return `min(${mark})`;
  if (aggregation === "last") return `max(${mark})`;
  return statistics[aggregation];
}
