import { UnavailableError } from "../../../../layers/core/errors.ts";
import { type ColumnType, isStructured, type Kind, kindOf } from "./cell.ts";
import type { Query } from "./connection.ts";
import { parseTableName, quoted } from "./identifiers.ts";
import type { TableSettings } from "./settings.ts";

export interface Column extends ColumnType {
  name: string;
}

/** Where in a row something stands. */
export interface Place {
  at: number;
  kind: Kind;
}

/** How the table is read, as its columns are now. */
export interface Plan {
  /** The time first; the rows of a range of times, both ends included, in the order of their times. */
  select: string;
  device?: Place;
  /** Narrow tables. */
  metric?: Place;
  value?: Place;
  unit?: Place;
  /** Wide tables: by the metric's name. */
  values: readonly (Place & { metric: string })[];
  labels: readonly (Place & { name: string })[];
  tags: readonly (Place & { name: string })[];
  /** What the settings name and the table lacks, and can do without. */
  missing: readonly string[];
}

const COLUMNS = `
  SELECT a.attname, coalesce(b.typname, t.typname), coalesce(b.typcategory, t.typcategory)
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype AND t.typtype = 'd'
  WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attnum`;

/** Asked anew at each look: tables change under whoever reads them. */
export async function columnsOf(query: Query, table: string): Promise<Column[]> {
  const rows = await query(COLUMNS, [parseTableName(table) ?? ""]);
  return rows.map(([name, type, category]) => ({
    name: name ?? "",
    type: type ?? "",
    category: category ?? "",
  }));
}

const TIME_TYPES = ["timestamptz", "timestamp", "date"];

/**
 * @throws {UnavailableError} `table_changed` if the table is not there, or lacks a column without which no row can be read:
 *   until it has it again
 */
export function planOf(columns: readonly Column[], settings: TableSettings): Plan {
  if (columns.length === 0) throw changed(`there is no ${settings.table}`);
  const byName = new Map(columns.map((column) => [column.name, column]));
  const selected: string[] = [];
  const missing: string[] = [];

  function place(name: string): Place | undefined {
    const column = byName.get(name);
    if (!column) {
      missing.push(name);
      return undefined;
    }
    selected.push(isStructured(column) ? `to_json(${quoted(name)})` : quoted(name));
    return { at: selected.length, kind: kindOf(column) };
  }

  function needed(name: string | undefined): Place | undefined {
    if (name === undefined) return undefined;
    const found = place(name);
    if (!found) throw changed(`${settings.table} has no column ${name}`);
    return found;
  }

  const time = byName.get(settings.time);
  if (!time) throw changed(`${settings.table} has no column ${settings.time}`);
  if (!TIME_TYPES.includes(time.type))
    throw changed(`${settings.table}.${settings.time}: expected a timestamp or a date, it is ${time.type}`);
  const named = (names: readonly string[]) =>
    names.flatMap((name) => {
      const found = place(name);
      return found ? [{ name, ...found }] : [];
    });
  const plan = {
    device: needed(settings.device),
    metric: needed(settings.metric),
    value: needed(settings.value),
    unit: settings.unit === undefined ? undefined : place(settings.unit),
    values: metricsOf(columns, settings).flatMap(([name, metric]) => {
      const found = place(name);
      return found ? [{ metric, ...found }] : [];
    }),
    // Without one of them two rows may look alike, and one would take the other's place.
    labels: settings.labels.toSorted().flatMap((name) => {
      const found = needed(name);
      return found ? [{ name, ...found }] : [];
    }),
    tags: named(settings.tags),
  };
  if (settings.metric === undefined && plan.values.length === 0)
    throw changed(`${settings.table} has no column that is a metric`);
  return { ...plan, select: selectOf(selected, settings), missing };
}

/** Wide tables: column and metric. */
function metricsOf(columns: readonly Column[], settings: TableSettings): [column: string, metric: string][] {
  const { values, metric, time, device, labels, tags, except, prefix } = settings;
  if (metric !== undefined) return [];
  const listed = Array.isArray(values) ? values.map((name) => [name, name] as const) : undefined;
  const given = listed ?? (values && Object.entries(values));
  if (given) return given.map(([name, metric]) => [name, prefix + metric]);
  const others = new Set([time, device, ...labels, ...tags, ...except]);
  return columns.filter(({ name }) => !others.has(name)).map(({ name }) => [name, prefix + name]);
}

function selectOf(selected: readonly string[], { table, time }: TableSettings): string {
  const column = quoted(time);
  return `SELECT ${[`${column}::timestamptz`, ...selected].join(", ")} FROM ${parseTableName(table)}
    WHERE ${column} >= $1::timestamptz AND ${column} <= $2::timestamptz ORDER BY ${column}`;
}

const changed = (message: string) => new UnavailableError(message, { code: "table_changed" });
