import type pg from "pg";
import { UnavailableError } from "../../../core/errors.ts";
import type { Micros } from "../../../core/time.ts";
import { query } from "../../postgres/transaction.ts";
import { openPartitions, type Partitions } from "./partitions.ts";

/** One of the two tables: what both do alike. */
export interface Table {
  name: string;
  pool: pg.Pool;
  partitions: Partitions;
  /** The clock's. */
  now(): Micros;
  /** The time before which everything has expired. */
  oldest(): Micros;
}

export interface TableOptions {
  pool: pg.Pool;
  name: string;
  retention: Micros;
  now: () => Micros;
}

export function openTable({ pool, name, retention, now }: TableOptions): Table {
  return {
    name,
    pool,
    now,
    oldest: () => now() - retention,
    partitions: openPartitions(pool, name, retention),
  };
}

export interface Row {
  time: Micros;
  key: string;
}

/**
 * Writes rows by one statement: all or none. Each key once, as the first of it was given, and in order, so that two
 * writers of the same rows wait for each other but never in a circle.
 */
export async function insert<R extends Row>(
  { pool, name, partitions, oldest }: Table,
  rows: readonly R[],
  statement: (rows: readonly R[]) => pg.QueryConfig,
): Promise<void> {
  const since = oldest();
  const distinct = distinctInOrder(rows.filter(({ time }) => time >= since));
  if (distinct.length === 0) return;
  try {
    await partitions.cover(distinct.map(({ time }) => time));
    await query(pool, `writing ${name}`, statement(distinct));
  } catch (error) {
    // Whoever was away may come back without what it had: a failover, a restored backup.
    if (error instanceof UnavailableError) partitions.forget();
    throw error;
  }
}

function distinctInOrder<R extends Row>(rows: readonly R[]): R[] {
  const firsts = new Map<string, R>();
  for (const row of rows) {
    const name = `${row.time} ${row.key}`;
    if (!firsts.has(name)) firsts.set(name, row);
  }
  return [...firsts.values()].sort((a, b) => a.time - b.time || (a.key < b.key ? -1 : 1));
}

/** Conditions of a WHERE, with the values of their parameters. */
export interface Conditions {
  texts: string[];
  values: unknown[];
  /** Adds a value. @returns how the statement names it: `$3` */
  add(value: unknown): string;
}

/** On the time alone, as far as it has not expired. */
export function conditionsOf(table: Table, from: Micros, to?: Micros): Conditions {
  const values: unknown[] = [];
  const add = (value: unknown): string => `$${values.push(value)}`;
  const texts = [`time >= ${add(Math.max(from, table.oldest()))}`];
  if (to !== undefined) texts.push(`time < ${add(to)}`);
  return { texts, values, add };
}

const MOST_COUNTED = 10_000;

/** A page of what meets the conditions, newest first, and how many there are. */
export async function readPage<R extends pg.QueryResultRow>(
  { pool, name }: Table,
  columns: string,
  { texts, values }: Conditions,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ rows: R[]; count: number }> {
  const matching = `FROM ${name} WHERE ${texts.join(" AND ")}`;
  const [rows, [counted]] = await Promise.all([
    query<R>(pool, `searching ${name}`, {
      text: `SELECT ${columns} ${matching} ORDER BY time DESC, key DESC
        LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
      values: [...values, limit, offset],
    }),
    query<{ count: number }>(pool, `counting ${name}`, {
      text: `SELECT count(*)::int FROM (SELECT ${matching} LIMIT ${MOST_COUNTED}) AS matching`,
      values,
    }),
  ]);
  return { rows, count: counted?.count ?? 0 };
}
