import type pg from "pg";
import { stableHash } from "../../../core/ids.ts";
import { alignDown, formatTime, MICROS_PER_DAY, type Micros } from "../../../core/time.ts";
import { query, transaction } from "../../postgres/transaction.ts";
import type { InboxWindow } from "../port.ts";

// A remembered id lives in the partition of the day (of batches: the week) in which it arrived, by the clock of
// whoever took it. A partition is named after its first day, `inbox_events_20260707`.

export interface InboxTable {
  name: string;
  /** How old an event's own time may be. */
  windowDays: number;
  partitionDays: number;
  /** Partitions that `maintain` makes beyond the current one. */
  ahead: number;
}

/** How far ahead of the clock an event's own time may be. */
export const AHEAD_DAYS = 1;

/**
 * An event inside the window can have arrived `AHEAD_DAYS` before its own time at the earliest, so nothing older
 * than window and ahead together is ever asked for. One day more, for clocks that disagree.
 */
const keptDays = ({ windowDays }: InboxTable): number => windowDays + AHEAD_DAYS + 1;

export const inboxTables: Readonly<Record<InboxWindow["kind"], InboxTable>> = {
  events: { name: "inbox_events", windowDays: 3, partitionDays: 1, ahead: 2 },
  batches: { name: "inbox_batches", windowDays: 45, partitionDays: 7, ahead: 1 },
};

export interface InboxPartitions {
  /** The name of the table for what arrives now, which is there. Once that is known it costs nothing. */
  current(table: InboxTable, now: Micros): Promise<string>;
  /** Trusts nothing that was known: the next `current` looks again. */
  forget(): void;
  maintain(now: Micros): Promise<void>;
}

export function openInboxPartitions(pool: pg.Pool): InboxPartitions {
  const known = new Set<string>();

  async function current(table: InboxTable, now: Micros): Promise<string> {
    const name = partitionAt(table, now);
    if (!known.has(name) && !(await exists(pool, name))) await create(pool, table, name);
    known.add(name);
    return name;
  }

  return {
    current,
    forget: () => known.clear(),
    async maintain(now) {
      for (const table of Object.values(inboxTables)) {
        for (let next = 0; next <= table.ahead; next++) {
          await current(table, now + next * table.partitionDays * MICROS_PER_DAY);
        }
        await dropExpired(pool, table, now);
      }
    },
  };
}

function partitionAt({ name, partitionDays }: InboxTable, time: Micros): string {
  const start = alignDown(time, partitionDays * MICROS_PER_DAY);
  return `${name}_${formatTime(start).slice(0, 10).replaceAll("-", "")}`;
}

async function exists(pool: pg.Pool, name: string): Promise<boolean> {
  const [found] = await query<{ exists: boolean }>(pool, `looking for ${name}`, {
    text: "SELECT to_regclass($1) IS NOT NULL AS exists",
    values: [name],
  });
  return found?.exists === true;
}

const LOCK = {
  text: "SELECT pg_advisory_xact_lock($1)",
  values: [stableHash("inbox partitions")],
};

/** Two who find it missing at once wait for each other here, and the second finds it there. */
const create = (pool: pg.Pool, table: InboxTable, name: string): Promise<void> =>
  transaction(pool, `making ${name}`, async (transaction) => {
    await transaction.query(LOCK);
    await transaction.query({
      text: `CREATE TABLE IF NOT EXISTS ${name} (PRIMARY KEY (id)) INHERITS (${table.name})`,
    });
  });

async function dropExpired(pool: pg.Pool, table: InboxTable, now: Micros): Promise<void> {
  const oldest = partitionAt(table, now - keptDays(table) * MICROS_PER_DAY);
  const rows = await query<{ name: string }>(pool, `listing the partitions of ${table.name}`, {
    text: `
      SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
      WHERE inhparent = $1::regclass`,
    values: [table.name],
  });
  for (const { name } of rows) if (name < oldest) await drop(pool, name);
}

// Dropping waits until nobody uses the table, and whoever comes then waits behind it: not for long, then. If it
// was in vain, the next maintenance tries again.
const drop = (pool: pg.Pool, name: string): Promise<void> =>
  transaction(pool, `dropping ${name}`, async (transaction) => {
    await transaction.query({ text: "SET LOCAL lock_timeout = '2s'" });
    await transaction.query({ text: `DROP TABLE IF EXISTS ${name}` });
  });
