import pg from "pg";
import { ServiceFault } from "./fault.ts";
import { reasonAgainst, recordsIn, type Stored, writeSchema } from "./records.ts";
import type { ColumnType, Table, TableStore } from "./tables.ts";

export interface WriteOptions {
  pool: pg.Pool;
  tables: TableStore;
  /** A record that is written over keeps the measures that the new one lacks: nobody documents whether it does. */
  keepsMeasures: boolean;
  now: () => number;
}

interface Rejected {
  RecordIndex: number;
  Reason: string;
  ExistingVersion?: number;
}

/** "WriteRecords", Amazon Timestream API Reference. */
export async function writeRecords(options: WriteOptions, body: unknown): Promise<object> {
  const parsed = writeSchema.safeParse(body);
  if (!parsed.success) throw new ServiceFault("ValidationException", parsed.error.message);
  const records = recordsIn(parsed.data);
  const table = options.tables.get(parsed.data.DatabaseName, parsed.data.TableName);
  const rejected: Rejected[] = [];
  const sound: Stored[] = [];
  for (const record of records) {
    const twice = sound.some(({ key }) => key === record.key);
    const Reason = twice ? "The request has the record twice." : reasonAgainst(record, table, options.now());
    if (Reason) rejected.push({ RecordIndex: record.index, Reason });
    else sound.push(record);
  }
  rejected.push(...(await store(options, table, sound)));
  if (rejected.length > 0) {
    const message = "One or more records have been rejected. See RejectedRecords for details.";
    throw new ServiceFault("RejectedRecordsException", message, { RejectedRecords: rejected });
  }
  return { RecordsIngested: { Total: records.length, MemoryStore: records.length, MagneticStore: 0 } };
}

async function store(
  { pool, tables, keepsMeasures }: WriteOptions,
  table: Table,
  records: Stored[],
): Promise<Rejected[]> {
  if (records.length === 0) return [];
  const given = new Map(records.flatMap(({ columns }) => [...columns]));
  await tables.addColumns(table, given);
  const columns = keepsMeasures ? given : new Map([...table.columns, ...given]);
  const sql = upsert(table.name, columns, keepsMeasures);
  const sorted = records.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ row }) => row);
  const { rows } = await pool.query<{ _key: string }>(sql, [JSON.stringify(sorted)]);
  const kept = new Set(rows.map(({ _key }) => _key));
  const refused = records.filter(({ key }) => !kept.has(key));
  if (refused.length === 0) return [];
  const there = await pool.query<{ _key: string; _version: string }>(
    `SELECT _key, _version FROM ${table.name} WHERE _key = ANY ($1)`,
    [refused.map(({ key }) => key)],
  );
  const versions = new Map(there.rows.map(({ _key, _version }) => [_key, Number(_version)]));
  return refused.map(({ index, key }) => ({
    RecordIndex: index,
    Reason: "A higher or equal version of the record exists with other values.",
    ExistingVersion: versions.get(key),
  }));
}

function upsert(table: string, columns: ReadonlyMap<string, ColumnType>, keeps: boolean): string {
  const names = [...columns.keys()].map(pg.escapeIdentifier);
  const typed = [...columns].map(([name, type]) => `${pg.escapeIdentifier(name)} ${type}`);
  const all = ["_key", "_version", "time", "measure_name", ...names];
  const value = (name: string) => (keeps ? `coalesce(excluded.${name}, stored.${name})` : `excluded.${name}`);
  const row = (of: (name: string) => string) => `ROW(${names.map(of).join(", ")})`;
  return `
    INSERT INTO ${table} AS stored (${all.join(", ")})
    SELECT ${all.join(", ")} FROM jsonb_to_recordset($1)
      AS given (_key text, _version int8, time timestamp, measure_name text, ${typed.join(", ")})
    ON CONFLICT (_key) DO UPDATE SET _version = excluded._version, ${names.map((name) => `${name} = ${value(name)}`).join(", ")}
    WHERE stored._version < excluded._version OR stored._version = excluded._version
      AND ${row((name) => `stored.${name}`)} IS NOT DISTINCT FROM ${row(value)}
    RETURNING _key`;
}
