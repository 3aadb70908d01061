import type pg from "pg";

export type Row = Readonly<Record<string, unknown>>;
export type Rows = ReadonlyMap<string, readonly Row[]>;

const TABLES = `
  SELECT relname AS name FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    AND relname NOT LIKE '%\\_schema'
    AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = pg_class.oid)
  ORDER BY relname`;

/** Everything that is in a database, by table; partitions and children are in their parents'. */
export async function allRows(client: pg.Client): Promise<Rows> {
  const tables = await client.query<{ name: string }>(TABLES);
  const found = new Map<string, Row[]>();
  for (const { name } of tables.rows) {
    const { rows } = await client.query<{ row: Row }>(`SELECT row_to_json(t) AS row FROM ${name} AS t`);
    found.set(
      name,
      rows.map(({ row }) => row),
    );
  }
  return found;
}

/** Those that are no longer there as they were; columns that have come since count for nothing. */
export function missingFrom(after: Rows, before: Rows): string[] {
  return [...before].flatMap(([table, rows]) => {
    const columns = Object.keys(rows[0] ?? {}).sort();
    const textOf = (row: Row) => JSON.stringify(columns.map((column) => row[column] ?? null));
    const there = new Set((after.get(table) ?? []).map(textOf));
    return rows.filter((row) => !there.has(textOf(row))).map((row) => `${table}: ${JSON.stringify(row)}`);
  });
}
