import * as z from "zod";
import { deviceIdSchema } from "../../../../layers/core/measurement.ts";
import { duration } from "../../fields.ts";
import { parseTableName } from "./identifiers.ts";

const column = z.string().min(1).max(63);
const labelColumn = column.regex(
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  "expected letters, digits and _: a label's name",
);

const columns = z.strictObject({
  /** `schema.table`, also of a view; a name with a dot in it in double quotes. */
  table: z.string().refine((name) => parseTableName(name), "expected schema.table"),
  /** When a row's values were so: of a type timestamp with or without time zone, or date. */
  time: column,
  /** Whose values they are: a column … */
  device: column.optional(),
  /** … or the same device for all rows. */
  device_id: deviceIdSchema.optional(),
  /** Narrow tables: the columns with a metric's name, its value, and perhaps its unit. */
  metric: column.optional(),
  value: column.optional(),
  unit: column.optional(),
  /** Wide tables: each of these columns is a metric of its own name, or of the name that is given here. */
  values: z.union([z.array(column).min(1), z.record(column, z.string())]).optional(),
  /** Wide tables without `values`, of which every other column is a metric: columns that are none. */
  except: z.array(column).default([]),
  /** Stands before each metric's name. */
  prefix: z.string().max(64).default(""),
  /** Become part of the metric's name, `name{column="value"}`: what tells rows of one time and device apart. */
  labels: z.array(labelColumn).default([]),
  /** Come along with each value, and tell nothing apart. */
  tags: z.array(column).default([]),
});

const pace = z.strictObject({
  /** From one look at the table to the next. */
  interval: duration("100ms", "1d").prefault("10s"),
  /** How much later than its time a row may come, or than newer rows. */
  late_window: duration("0s", "30d").prefault("5m"),
  /** Rows that are read, and are safe in the buffer, before the next are. */
  batch_rows: z.number().int().min(1).max(10_000).default(1_000),
  /** How far back the first look at a table goes. */
  history: duration("0s", "3650d").prefault("1d"),
});

const table = columns
  .extend(pace.shape)
  .refine(({ device, device_id }) => (device === undefined) !== (device_id === undefined), {
    path: ["device"],
    error: "expected device, a column, or device_id, and not both",
  })
  .refine(({ metric, value }) => (metric === undefined) === (value === undefined), {
    path: ["metric"],
    error: "expected metric and value together",
  })
  .refine(({ metric, unit }) => metric !== undefined || unit === undefined, {
    path: ["unit"],
    error: "only together with metric and value",
  })
  .refine(({ metric, values, except }) => metric === undefined || (!values && except.length === 0), {
    path: ["values"],
    error: "not together with metric and value: either a row has one value or each of its columns is one",
  })
  .refine(({ values, except }) => !values || except.length === 0, {
    path: ["except"],
    error: "not together with values",
  });

/** `sources.postgres` of the configuration. */
export const postgresSettings = z.strictObject({
  /** postgres://user:password@host:5432/database, of a user who may read the tables and nothing else. */
  url: z.string().regex(/^postgres(ql)?:\/\//, "expected a postgres:// URL"),
  /** In which times without a zone are meant. */
  time_zone: z.string().min(1).default("UTC"),
  /** After which the database gives up one statement. */
  statement_timeout: duration("100ms", "1h").prefault("30s"),
  tables: z
    .array(table)
    .min(1)
    .refine((tables) => new Set(tables.map(({ table }) => table)).size === tables.length, {
      error: "a table is listed twice: use a view for the second",
    }),
});

export type PostgresSettings = z.infer<typeof postgresSettings>;
export type TableSettings = z.infer<typeof table>;
