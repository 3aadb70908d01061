import type pg from "pg";
import { type Clock, systemClock } from "../../../core/clock.ts";
import { MICROS_PER_DAY, microsOf } from "../../../core/time.ts";
import { openPool, type PoolOptions } from "../../postgres/pool.ts";
import { query } from "../../postgres/transaction.ts";
import type { Logs } from "../port.ts";
import { type LogRetention, logRetentionDefaults } from "../retention.ts";
import { openEntries } from "./entries.ts";
import { openEvents } from "./events.ts";
import { openTable } from "./table.ts";

export type PostgresLogsOptions = (
  | ({
      /** Opens a pool of its own, which `close` ends. */
      connectionString: string;
    } & Pick<PoolOptions, "password">)
  | {
      /** Uses this pool (see `openPool`), which stays its owner's to end. */
      pool: pg.Pool;
    }
) &
  LogRetention & {
    /** Tells what has expired. @default the system's */
    clock?: Clock;
  };

/** Log entries and archived events in PostgreSQL. Its schema must be up to date: see `migrateLogs` in migrate.ts. */
export function openPostgresLogs(options: PostgresLogsOptions): Logs {
  const pool =
    "pool" in options ? options.pool : openPool(options.connectionString, { password: options.password });
  const { clock, logRetentionDays, archiveRetentionDays } = {
    clock: systemClock,
    ...logRetentionDefaults,
    ...options,
  };
  const now = () => microsOf(clock.now());
  const entries = openTable({ pool, name: "log_entries", retention: logRetentionDays * MICROS_PER_DAY, now });
  const events = openTable({
    pool,
    name: "archived_events",
    retention: archiveRetentionDays * MICROS_PER_DAY,
    now,
  });
  return {
    capabilities: { immediateSearch: true },
    entries: openEntries(entries),
    events: openEvents(events),
    async maintain(now) {
      await entries.partitions.maintain(now);
      await events.partitions.maintain(now);
    },
    async check() {
      await query(pool, "checking the logs", { text: "SELECT 1" });
    },
    async close() {
      if (!("pool" in options) && !pool.ending) await pool.end();
    },
  };
}
