import type pg from "pg";
import { MICROS_PER_DAY, type Micros } from "../../../core/time.ts";
import { query, transaction } from "../../postgres/transaction.ts";

/** Clocks disagree: nobody may still be writing to what is dropped. */
const GRACE = MICROS_PER_DAY;

const CREATE = {
  name: "log_partitions.create",
  text: "SELECT lower, upper FROM create_log_partition($1, $2)",
};

const CREATE_COMING = {
  text: `
    SELECT create_log_partition(parent, $2::bigint + ahead * days * ${MICROS_PER_DAY})
    FROM log_partition_widths, generate_series(0, 2) AS ahead
    WHERE parent = $1`,
};

const LIST_EXPIRED = {
  text: `
    SELECT partition.oid::regclass::text AS name
    FROM pg_inherits JOIN pg_class AS partition ON partition.oid = inhrelid
    WHERE inhparent = to_regclass($1)
      AND substring(pg_get_expr(relpartbound, partition.oid) FROM 'TO \\(''?(-?\\d+)')::bigint <= $2::bigint
    ORDER BY name`,
};

interface Reach {
  /** Inclusive. */
  lower: Micros;
  /** Exclusive. */
  upper: Micros;
}

/** The partitions of one table, by time. */
export interface Partitions {
  /** Makes those that are missing for these times. */
  cover(times: readonly Micros[]): Promise<void>;
  /** Trusts nothing that was known. */
  forget(): void;
  maintain(now: Micros): Promise<void>;
}

export function openPartitions(pool: pg.Pool, table: string, retention: Micros): Partitions {
  let known: Reach[] = [];
  const covers = (time: Micros) => known.some(({ lower, upper }) => time >= lower && time < upper);

  return {
    async cover(times) {
      for (const time of times) {
        if (covers(time)) continue;
        const statement = { ...CREATE, values: [table, time] };
        const [row] = await query<{ lower: string; upper: string }>(pool, "making a partition", statement);
        // The newest first: that is where almost everything goes.
        const reaches = row ? [...known, { lower: Number(row.lower), upper: Number(row.upper) }] : known;
        known = reaches.sort((a, b) => b.lower - a.lower);
      }
    },

    forget() {
      known = [];
    },

    async maintain(now) {
      await query(pool, "making the coming partitions", { ...CREATE_COMING, values: [table, now] });
      const expired = await query<{ name: string }>(pool, "listing expired partitions", {
        ...LIST_EXPIRED,
        values: [table, now - retention - GRACE],
      });
      for (const { name } of expired) await drop(pool, name);
    },
  };
}

// Dropping waits until no query runs on any partition, and whoever comes then waits behind it: not for long, then.
// If it was in vain, the next maintenance tries again; nobody sees what has expired meanwhile.
const drop = (pool: pg.Pool, name: string): Promise<void> =>
  transaction(pool, `dropping ${name}`, async (transaction) => {
    await transaction.query({ text: "SET LOCAL lock_timeout = '2s'" });
    await transaction.query({ text: `DROP TABLE IF EXISTS ${name}` });
  });
