import { isStorable } from "../../../core/json.ts";
import { MICROS_PER_DAY, type Micros } from "../../../core/time.ts";
import type { Position } from "../cursor.ts";
import type { SeriesFilter } from "../port.ts";
import { BLANK, HOLDS, MEASURE } from "./columns.ts";
import { newestAt } from "./rejections.ts";
import { double, identifier, listOf, nanos, quoted, timestamp } from "./sql.ts";
import { tableOf } from "./tables.ts";

export interface Place {
  database: string;
  /** The days of every table there is. */
  tables: readonly number[];
  now: Micros;
}

/** What is looked for. `metrics`: all if left out. */
export type Sought = Partial<SeriesFilter> & { from: Micros; to: Micros };

/** What is asked for, within the times that Timestream knows and that there can be points of. */
export const soughtOf = (
  { now }: Place,
  wanted: SeriesFilter,
  position: Position | undefined,
): SeriesFilter => ({
  ...wanted,
  from: Math.max(0, wanted.from, position?.time ?? 0),
  to: Math.min(wanted.to, newestAt(now) + 1),
});

/** Whether anything can match: no store takes text such as this, and no range ends before it begins. */
export const isPossible = ({ devices = [], metrics = [], tags = {}, from, to }: Sought): boolean =>
  from < to && [...devices, ...metrics, ...Object.entries(tags).flat()].every(isStorable);

/**
 * A subquery of all points that match, each key once: `nanos, device, metric, version, value, text, flag, document,
 * unit, tags, metadata`. What a record does not hold is null.
 */
export function sourceOf({ database, tables, now }: Place, sought: Sought): string {
  const each = tables.map((days) =>
    recordsOf(`${identifier(database)}.${identifier(tableOf(days))}`, days, sought, now),
  );
  const records = each.length === 1 ? `(${each[0]}) AS records` : newest(each);
  return `(SELECT ${POINT} FROM ${records} WHERE ${conditions(sought, now, each.length === 1).join(" AND ")}) AS points`;
}

const held = (column: keyof typeof HOLDS): string => `strpos(holds, ${quoted(HOLDS[column])}) > 0`;
const ifHeld = (column: Exclude<keyof typeof HOLDS, "emptyUnit">): string =>
  `CASE WHEN ${held(column)} THEN ${column} END AS ${column}`;

const COLUMNS = "value, text, flag, document, unit, tags, metadata";

const POINT = [
  "nanos, device, metric, version",
  ...(["value", "text", "flag", "document", "tags", "metadata"] as const).map(ifHeld),
  `CASE WHEN ${held("emptyUnit")} THEN '' WHEN ${held("unit")} THEN unit END AS unit`,
].join(", ");

/** The records of one table, the blank ones too: one may stand for an older one of a point in another table. */
function recordsOf(
  table: string,
  days: number,
  { devices = [], metrics, from, to }: Sought,
  now: Micros,
): string {
  const oldest = now - days * MICROS_PER_DAY;
  return [
    `SELECT to_nanoseconds(time) AS nanos, device, metric, version, holds, ${COLUMNS},`,
    `CASE WHEN ${held("days")} THEN days ELSE ${days} END AS days FROM ${table}`,
    `WHERE measure_name = ${quoted(MEASURE)} AND time >= ${timestamp(Math.max(from, oldest))} AND time < ${timestamp(to)}`,
    metrics ? `AND metric IN ${listOf(metrics)}` : "",
    devices.length > 0 ? `AND device IN ${listOf(devices)}` : "",
  ].join(" ");
}

/** Of the same key in several tables, which a change of its retention can bring about, the newest. */
const newest = (each: readonly string[]): string =>
  `(SELECT *, row_number() OVER (PARTITION BY nanos, device, metric ORDER BY version DESC) AS place FROM (${each.join(
    " UNION ALL ",
  )}) AS stored) AS records`;

function conditions({ tags = {}, min, max }: Sought, now: Micros, single: boolean): string[] {
  return [
    ...(single ? [] : ["place = 1"]),
    `holds <> ${quoted(BLANK)}`,
    `nanos >= ${nanos(now)} - days * ${nanos(MICROS_PER_DAY)}`,
    ...Object.entries(tags).map(([name, value]) => tagged(name, value)),
    ...(min === undefined ? [] : [`${held("value")} AND value >= ${double(min)}`]),
    ...(max === undefined ? [] : [`${held("value")} AND value <= ${double(max)}`]),
  ];
}

/**
 * Tags are JSON of our own writing, in which a quote within a text never stands without a backslash before it. So
 * `{"name":"value"` or `,"name":"value"` is in it where the tag is, and nowhere else.
 */
function tagged(name: string, value: string): string {
  const pair = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
  const places = [`{${pair}`, `,${pair}`].map((text) => `strpos(tags, ${quoted(text)}) > 0`);
  return `${held("tags")} AND (${places.join(" OR ")})`;
}
