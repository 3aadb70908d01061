import type pg from "pg";
import { type Clock, systemClock } from "../../../core/clock.ts";
import { UnavailableError } from "../../../core/errors.ts";
import { DEFAULT_RETENTION } from "../../../core/retention.ts";
import { microsOf } from "../../../core/time.ts";
import { openPool, type PoolOptions } from "../../postgres/pool.ts";
import { query } from "../../postgres/transaction.ts";
import type { Measurements, RetentionOf } from "../port.ts";
import { erase } from "./erase.ts";
import { openPartitions } from "./partitions.ts";
import { readBuckets } from "./read-buckets.ts";
import { readLatest, readMetricNames } from "./read-latest.ts";
import { readPoints } from "./read-points.ts";
import { expireRollups, rollUp } from "./rollups/roll-up.ts";
import { openSeries } from "./series.ts";
import { expireCounts, openStatistics, rollUpCounts } from "./statistics.ts";
import { openPointWriter } from "./write-points.ts";

const byDefault: RetentionOf = () => DEFAULT_RETENTION;

/** Less than the time between two runs of whoever rolls up, and than anybody waits for at a start. */
const ROLL_UP_MS = 20_000;

export type PostgresMeasurementsOptions = (
  | ({
      /** Opens a pool of its own, which `close` ends. */
      connectionString: string;
    } & Pick<PoolOptions, "password">)
  | {
      /** Uses this pool (see `openPool`), which stays its owner's to end. */
      pool: pg.Pool;
    }
) & {
  /** Tells what has expired. @default the system's */
  clock?: Clock;
};

/** The measurements in PostgreSQL. Its schema must be up to date: see `migrateMeasurements` in migrate.ts. */
export function openPostgresMeasurements(options: PostgresMeasurementsOptions): Measurements {
  const pool =
    "pool" in options ? options.pool : openPool(options.connectionString, { password: options.password });
  const { clock = systemClock } = options;
  const now = () => microsOf(clock.now());
  const series = openSeries(pool);
  const partitions = openPartitions(pool);
  const writer = openPointWriter(pool, series, partitions);
  return {
    capabilities: { exactPercentiles: true, ties: true, formerRetention: true, countsNew: true },
    async write(points, retentionOf = byDefault) {
      if (points.length === 0) return;
      try {
        await writer.write(points, retentionOf, now());
      } catch (error) {
        // Whoever was away may come back without what it had: a failover, a restored backup.
        if (error instanceof UnavailableError) {
          series.forget();
          partitions.forget();
        }
        throw error;
      }
    },
    points: (query) => readPoints(pool, query, now()),
    buckets: (query) => readBuckets(pool, query, now()),
    latest: (query) => readLatest(pool, query, now()),
    metricNames: (deviceId) => readMetricNames(pool, deviceId),
    async maintain(now) {
      await partitions.maintain(now);
      await expireRollups(pool, now);
      await expireCounts(pool, now);
    },
    async rollUp(now, { forMs = ROLL_UP_MS } = {}) {
      await rollUpCounts(pool, now);
      return rollUp(pool, now, forMs);
    },
    statistics: openStatistics(pool, now),
    erase: (deviceId, before, limit) => erase(pool, deviceId, before, limit),
    async check() {
      await query(pool, "checking the measurements", { text: "SELECT 1" });
    },
    async close() {
      if (!("pool" in options) && !pool.ending) await pool.end();
    },
  };
}
