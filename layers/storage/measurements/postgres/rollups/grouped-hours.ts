import { alignDown, type Micros } from "../../../../core/time.ts";
import { numberArray } from "../../../postgres/arrays.ts";
import type { Bucketing, Grouped } from "../bucket-statement.ts";
import { marksOf } from "../marks.ts";
import type { Selection } from "../selection.ts";
import { noParameters, type Parameters } from "../source.ts";
import type { Window } from "../windows.ts";
import { MICROS_PER_HOUR } from "./hours.ts";
import { type Parts, partsOf } from "./parts.ts";

/**
 * The buckets of a window from whole hours that are summed up, and from points where none are or they do not hold:
 * hours touched since, and those that the window begins or ends within. One statement reads all of it, so that it
 * sees sums, touches and points as of one moment. Floats are added up in another order than without: the answer may
 * differ in its last digits.
 *
 * @returns `undefined` where hours are of no use
 */
export function groupedHours(
  selection: Selection,
  bucketing: Bucketing,
  window: Window,
): Grouped | undefined {
  if (!holdsWholeHours(window, bucketing.interval) || isFiltered(selection)) return undefined;
  const { values, add } = noParameters();
  const seriesIds = `${add(numberArray(selection.seriesIds))}::int4[]`;
  const marks = marksOf({ seriesIds, add }, selection, window);
  const parts = partsOf(bucketing.aggregation, marks.markOf("part", "position"));
  if (!parts) return undefined;
  const tables = `
    series AS MATERIALIZED (${seriesOf(selection, bucketing, window, seriesIds, add)}),
    touched AS MATERIALIZED (${touchedHours(parts)}),
    parts AS (${summedHours(parts)} UNION ALL ${otherHours(parts)}),
    grouped AS MATERIALIZED (
      SELECT rank, newest - newest % ${add(bucketing.interval)}::bigint AS start,
        ${parts.together} AS value, max(${marks.markOf("newest", "position")}) AS newest
      FROM parts
      GROUP BY 1, 2
    )`;
  return { tables, marks, add, values };
}

const holdsWholeHours = ({ from, to }: Window, interval: Micros): boolean =>
  interval % MICROS_PER_HOUR === 0 && alignDown(from - 1, MICROS_PER_HOUR) + 2 * MICROS_PER_HOUR <= to;

const isFiltered = ({ filter: { tags = {}, min, max } }: Selection): boolean =>
  Object.keys(tags).length > 0 || min !== undefined || max !== undefined;

/** Each with the part of the window that is its own, and the first and the last (exclusive) whole hour of it. */
function seriesOf(
  { ranks, classes, oldest, after }: Selection,
  { interval }: Bucketing,
  { from, to }: Window,
  seriesIds: string,
  add: Parameters["add"],
): string {
  // Of the bucket that the page before ended in, only what comes behind.
  const passed = (rank: number): boolean => after !== undefined && rank <= after.rank;
  const since = classes.map((days, i) =>
    Math.max(from, oldest.get(days) ?? from, after && passed(ranks[i] ?? 0) ? after.time + interval : from),
  );
  const first = since.map((time) => alignDown(time - 1, MICROS_PER_HOUR) + MICROS_PER_HOUR);
  return `
      SELECT *, ${add(to)}::bigint AS until, ${add(alignDown(to, MICROS_PER_HOUR))}::bigint AS last
      FROM unnest(
        ${seriesIds}, ${add(numberArray(ranks))}::int4[], ${add(numberArray(classes))}::int2[],
        ${add(numberArray(since))}::int8[], ${add(numberArray(first))}::int8[]
      ) WITH ORDINALITY AS series (id, rank, retention_class, since, first, position)`;
}

/** The whole hours for which points must speak. */
function touchedHours({ except }: Parts): string {
  const of = (table: string, condition = "true") => `
      SELECT series.position, hours.start
      FROM series JOIN ${table} AS hours ON hours.series_id = series.id
      WHERE hours.start >= series.first AND hours.start < series.last AND ${condition}`;
  const tables = [of("touched_hours"), of("claimed_hours")];
  if (except !== undefined) tables.push(of("rollups", except));
  return tables.join(" UNION ");
}

const summedHours = ({ column }: Parts): string => `
      SELECT series.rank, series.position, rollups.${column} AS part, rollups.numbers, rollups.newest
      FROM series JOIN rollups ON rollups.series_id = series.id
      WHERE rollups.start >= series.first AND rollups.start < series.last
        AND NOT EXISTS (
          SELECT FROM touched WHERE touched.position = series.position AND touched.start = rollups.start
        )`;

// For the hours, or what the window has of them, for which no sums speak. HAVING leaves out those without a point.
const otherHours = ({ ofPoints }: Parts): string => `
      SELECT series.rank, series.position, points.*
      FROM (
        SELECT position, since, least(first, until) AS until FROM series
        UNION ALL
        SELECT position, greatest(first, last), until FROM series
        UNION ALL
        SELECT position, start, start + ${MICROS_PER_HOUR} FROM touched
      ) AS hours
      JOIN series USING (position)
      JOIN LATERAL (
        SELECT ${ofPoints} AS part, count(value) AS numbers, max(time) AS newest
        FROM points
        WHERE points.series_id = series.id AND points.retention_class = series.retention_class
          AND points.time >= hours.since AND points.time < hours.until
        HAVING count(*) > 0
      ) AS points ON true`;
