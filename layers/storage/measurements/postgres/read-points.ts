import type pg from "pg";
import type { Json } from "../../../core/json.ts";
import type { Point, Value } from "../../../core/measurement.ts";
import { MICROS_PER_SECOND, type Micros } from "../../../core/time.ts";
import { query } from "../../postgres/transaction.ts";
import { pageOf } from "../cursor.ts";
import type { Page, PointQuery } from "../port.ts";
import { type Selection, select } from "./selection.ts";
import { sourceOf } from "./source.ts";
import { readWindows, type Window } from "./windows.ts";

/** The columns of a point beside its series. */
export interface PointRow {
  time: string;
  value: number | null;
  document: Value | null;
  unit: string | null;
  tags: Record<string, string> | null;
  metadata: Record<string, Json> | null;
}

export const POINT_COLUMNS = "time, value, document, unit, tags, metadata";

export async function readPoints(pool: pg.Pool, wanted: PointQuery, now: Micros): Promise<Page<Point>> {
  const selection = await select(pool, wanted, now);
  if (!selection) return { items: [] };
  const limit = wanted.limit + 1;
  // As if every series had a point a second: few have more, and the next windows make up for less.
  const width = selection.after?.span ?? Math.ceil(limit / selection.named.length) * MICROS_PER_SECOND;
  const points = await readWindows({ ...selection, limit, width, align: 1 }, (window, missing) =>
    readWindow(pool, selection, window, missing),
  );
  return pageOf(points, wanted.limit, (point) => ({
    ...point,
    span: nextSpan(point.time - selection.from, width),
  }));
}

const MARGIN = 1.1;
const MOST_SHRINKING = 16;

/**
 * What the next page should span, by what this one did. Were it guessed anew, every page of a dense series would
 * read and sort what all the pages behind it will read and sort again. Devices often report at the same moment: a
 * page that ends in such a burst says little, so that it shrinks by degrees.
 */
const nextSpan = (spanned: Micros, before: Micros): Micros =>
  Math.max(1, Math.ceil(spanned * MARGIN), Math.ceil(before / MOST_SHRINKING));

async function readWindow(pool: pg.Pool, selection: Selection, window: Window, limit: number) {
  const { from, conditions, values, add } = sourceOf(selection, window);
  const { after, named } = selection;
  if (after) conditions.push(`(points.time, series.rank) > (${add(after.time)}, ${add(after.rank)})`);
  const text = `
    SELECT rank, ${POINT_COLUMNS}
    FROM ${from}
    WHERE ${conditions.join(" AND ")}
    ORDER BY time, rank
    LIMIT ${add(limit)}`;
  const rows = await query<PointRow & { rank: number }>(pool, "reading points", { text, values });
  return rows.map((row) => {
    const { deviceId = "", metricName = "" } = named[row.rank] ?? {};
    return pointOf(deviceId, metricName, row);
  });
}

export function pointOf(deviceId: string, metricName: string, row: PointRow): Point {
  const { value, document, unit, tags, metadata } = row;
  const point: Point = { deviceId, metricName, time: Number(row.time), value: valueIn(value, document) };
  if (unit !== null) point.unit = unit;
  if (tags) point.tags = tags;
  if (metadata) point.metadata = metadata;
  return point;
}

/** Exactly one of the two is there. */
export function valueIn(value: number | null, document: Value | null): Value {
  const either = value ?? document;
  if (either === null) throw new TypeError("expected a point with a value, got one with neither kind");
  return either;
}
