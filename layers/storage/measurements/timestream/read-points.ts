import type { TimestreamQueryClient } from "@aws-sdk/client-timestream-query";
import type { Point, Value } from "../../../core/measurement.ts";
import { decodeCursor, pageOf } from "../cursor.ts";
import type { Page, PointQuery } from "../port.ts";
import { ask, type Row, textIn } from "./ask.ts";
import { after } from "./position.ts";
import { isPossible, type Place, soughtOf, sourceOf } from "./source.ts";
import { microsIn } from "./sql.ts";

const COLUMNS = "nanos, device, metric, value, text, flag, document, unit, tags, metadata";

export async function readPoints(
  query: TimestreamQueryClient,
  place: Place,
  wanted: PointQuery,
): Promise<Page<Point>> {
  const position = decodeCursor(wanted.cursor);
  const sought = soughtOf(place, wanted, position);
  if (!isPossible(sought) || place.tables.length === 0) return { items: [] };
  const sql = [
    `SELECT ${COLUMNS} FROM ${sourceOf(place, sought)}`,
    position ? `WHERE ${after(position, "nanos")}` : "",
    `ORDER BY nanos, device, metric LIMIT ${wanted.limit + 1}`,
  ].join(" ");
  const points = (await ask(query, "reading points", sql)).map(pointIn);
  return pageOf(points, wanted.limit, ({ time, deviceId, metricName }) => ({ time, deviceId, metricName }));
}

/** The newest point of one series in the range. */
export async function readNewest(
  query: TimestreamQueryClient,
  place: Place,
  { deviceId, metricName, from, to }: { deviceId: string; metricName: string; from: number; to: number },
): Promise<Point | undefined> {
  const sought = { devices: [deviceId], metrics: [metricName], from, to };
  if (!isPossible(sought) || place.tables.length === 0) return undefined;
  const sql = `SELECT ${COLUMNS} FROM ${sourceOf(place, sought)} ORDER BY nanos DESC LIMIT 1`;
  const [row] = await ask(query, "reading the latest point", sql);
  return row && pointIn(row);
}

function pointIn(row: Row): Point {
  const point: Point = {
    deviceId: textIn(row, "device"),
    metricName: textIn(row, "metric"),
    time: microsIn(textIn(row, "nanos")),
    value: valueIn(row),
  };
  if (typeof row.unit === "string") point.unit = row.unit;
  if (typeof row.tags === "string") point.tags = JSON.parse(row.tags);
  if (typeof row.metadata === "string") point.metadata = JSON.parse(row.metadata);
  return point;
}

/** Exactly one of the four is there. */
export function valueIn({ value, text, flag, document }: Row): Value {
  if (typeof value === "string") return Number(value);
  if (typeof text === "string") return text;
  if (typeof flag === "string") return flag === "true";
  if (typeof document === "string") return JSON.parse(document);
  throw new TypeError("expected a point with a value, got one of no kind");
}
