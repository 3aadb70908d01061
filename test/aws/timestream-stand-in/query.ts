import { randomUUID } from "node:crypto";
import { TrinoSQL } from "dt-sql-parser/dist/parser/trino/index.js";
import type pg from "pg";
import * as z from "zod";
import { toPostgres } from "./dialect.ts";
import { ServiceFault } from "./fault.ts";

export const querySchema = z.strictObject({
  QueryString: z.string().min(1).max(262_144),
  ClientToken: z.string().optional(),
  NextToken: z.string().optional(),
});

const PAGE_ROWS = 300;
/** So often a query has nothing to answer yet. */
const EVERY = 3;

const typeNames: Readonly<Record<number, string>> = {
  16: "BOOLEAN",
  20: "BIGINT",
  23: "INTEGER",
  701: "DOUBLE",
  1114: "TIMESTAMP",
  1700: "DOUBLE",
};

interface Result {
  sql: string;
  columns: { Name: string; Type: { ScalarType: string } }[];
  rows: object[];
}

/** Queries are what Trino's grammar allows, and are run by PostgreSQL. Their answers come in pages. */
export class Queries {
  readonly #pool: pg.Pool;
  readonly #grammar = new TrinoSQL();
  /** What was found to be right, but for its literals. */
  readonly #right = new Set<string>();
  readonly #waiting = new Map<string, Result>();
  #count = 0;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async answer(body: unknown): Promise<object> {
    const parsed = querySchema.safeParse(body);
    if (!parsed.success) throw new ServiceFault("ValidationException", parsed.error.message);
    const { QueryString: sql, NextToken } = parsed.data;
    if (NextToken === undefined) {
      this.#check(sql);
      const result = await this.#run(sql);
      return ++this.#count % EVERY === 0 ? this.#page(result, 0) : this.#page(result, PAGE_ROWS);
    }
    const rest = this.#waiting.get(NextToken);
    this.#waiting.delete(NextToken);
    if (rest?.sql !== sql) throw new ServiceFault("ValidationException", "The token is of another query.");
    return this.#page(rest, PAGE_ROWS);
  }

  #page({ sql, columns, rows }: Result, size: number): object {
    const page = { QueryId: randomUUID(), Rows: rows.slice(0, size), ColumnInfo: columns };
    if (rows.length <= size) return page;
    const NextToken = randomUUID();
    this.#waiting.set(NextToken, { sql, columns, rows: rows.slice(size) });
    return { ...page, NextToken };
  }

  #check(sql: string): void {
    const shape = sql
      .replaceAll(/'(?:[^']|'')*'/g, "''")
      .replaceAll(/\b\d+\b/g, "1")
      .replaceAll(/(''(, )?)+/g, "''");
    if (this.#right.has(shape)) return;
    const [fault] = this.#grammar.validate(sql);
    if (fault) throw new ServiceFault("ValidationException", `${fault.message} in ${sql}`);
    this.#right.add(shape);
  }

  async #run(sql: string): Promise<Result> {
    try {
      const shown = /^SHOW TABLES FROM "(.+)" LIKE ('.+')$/.exec(sql);
      const text = shown ? tablesLike(shown) : toPostgres(sql);
      const types = { getTypeParser: () => (text: string) => text };
      const { fields, rows } = await this.#pool.query<string[]>({
        text,
        rowMode: "array",
        types,
      });
      const scalars = fields.map(({ dataTypeID }) => typeNames[dataTypeID] ?? "VARCHAR");
      return {
        sql,
        columns: fields.map(({ name }, i) => ({ Name: name, Type: { ScalarType: scalars[i] ?? "VARCHAR" } })),
        rows: rows.map((row) => ({ Data: row.map((text, i) => datumOf(text, scalars[i])) })),
      };
    } catch (error) {
      throw new ServiceFault("ValidationException", `${String(error)} in ${sql}`);
    }
  }
}

const tablesLike = ([, database, pattern]: RegExpExecArray): string =>
  `SELECT tablename::text AS "Table" FROM pg_tables WHERE schemaname = '${database}' AND tablename LIKE ${pattern}`;

function datumOf(text: string | null, type: string | undefined): object {
  if (text === null) return { NullValue: true };
  if (type === "BOOLEAN") return { ScalarValue: String(text === "t") };
  if (type !== "TIMESTAMP") return { ScalarValue: text };
  const [seconds = "", fraction = ""] = text.split(".");
  return { ScalarValue: `${seconds}.${fraction.padEnd(9, "0")}` };
}
