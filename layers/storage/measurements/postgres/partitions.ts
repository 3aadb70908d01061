import type pg from "pg";
import { MICROS_PER_DAY, type Micros } from "../../../core/time.ts";
import { query, transaction } from "../../postgres/transaction.ts";

/** Clocks disagree: nobody may still be writing to what is dropped. */
const GRACE = MICROS_PER_DAY;

const CREATE = {
  name: "partitions.create",
  text: "SELECT lower, upper FROM create_points_partition($1, $2)",
};

const CREATE_COMING = {
  text: `
    SELECT create_points_partition(days, $1::bigint + ahead * partition_days * ${MICROS_PER_DAY})
    FROM retention_classes, generate_series(0, 2) AS ahead`,
};

const LIST_EXPIRED = {
  text: `
    SELECT partition.oid::regclass::text AS name
    FROM retention_classes
    JOIN pg_inherits ON inhparent = to_regclass('points_' || days)
    JOIN pg_class AS partition ON partition.oid = inhrelid
    WHERE substring(pg_get_expr(relpartbound, partition.oid) FROM 'TO \\(''?(-?\\d+)')::bigint
      <= $1::bigint - ${GRACE} - days * ${MICROS_PER_DAY}
    ORDER BY name`,
};

interface Reach {
  /** Inclusive. */
  lower: Micros;
  /** Exclusive. */
  upper: Micros;
}

export interface Partitions {
  /** Whether points of this class and time are known to have one. Costs next to nothing. */
  covers(retentionClass: number, time: Micros): boolean;
  create(retentionClass: number, time: Micros): Promise<void>;
  /** Trusts nothing that was known. */
  forget(): void;
  maintain(now: Micros): Promise<void>;
}

export function openPartitions(pool: pg.Pool): Partitions {
  const known = new Map<number, Reach[]>();

  const covers = (retentionClass: number, time: Micros): boolean =>
    known.get(retentionClass)?.some(({ lower, upper }) => time >= lower && time < upper) ?? false;

  return {
    covers,

    async create(retentionClass, time) {
      const values = [retentionClass, time];
      const statement = { ...CREATE, values };
      const [row] = await query<{ lower: string; upper: string }>(pool, "making a partition", statement);
      if (!row || covers(retentionClass, time)) return;
      const reaches = [
        ...(known.get(retentionClass) ?? []),
        { lower: Number(row.lower), upper: Number(row.upper) },
      ];
      // The newest first: that is where almost everything goes.
      known.set(
        retentionClass,
        reaches.sort((a, b) => b.lower - a.lower),
      );
    },

    forget: () => known.clear(),

    async maintain(now) {
      await query(pool, "making the coming partitions", { ...CREATE_COMING, values: [now] });
      const expired = await query<{ name: string }>(pool, "listing expired partitions", {
        ...LIST_EXPIRED,
        values: [now],
      });
      for (const { name } of expired) await drop(pool, name);
    },
  };
}

// Dropping waits until no query runs on any partition, and whoever comes then waits behind it: not for long, then.
// If it was in vain, the next maintenance tries again; nobody sees expired points meanwhile.
const drop = (pool: pg.Pool, name: string): Promise<void> =>
  transaction(pool, `dropping ${name}`, async (transaction) => {
    await transaction.query({ text: "SET LOCAL lock_timeout = '2s'" });
    await transaction.query({ text: `DROP TABLE IF EXISTS ${name}` });
  });
