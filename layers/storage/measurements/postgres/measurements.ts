import type pg from "pg";
import { type Clock, systemClock } from "../../../core/clock.ts";
import { UnavailableError } from "../../../core/errors.ts";
import { microsOf } from "../../../core/time.ts";
import { migrate } from "../../postgres/migrate.ts";
import { openPool } from "../../postgres/pool.ts";
import { query } from "../../postgres/transaction.ts";
import type { Measurements } from "../port.ts";
import { openPartitions } from "./partitions.ts";
import { readBuckets } from "./read-buckets.ts";
import { readLatest, readMetricNames } from "./read-latest.ts";
import { readPoints } from "./read-points.ts";
import { openSeries } from "./series.ts";
import { openPointWriter } from "./write-points.ts";

export type PostgresMeasurementsOptions = (
  | {
      /** Opens a pool of its own, which `close` ends. */
      connectionString: string;
    }
  | {
      /** Uses this pool (see `openPool`), which stays its owner's to end. */
      pool: pg.Pool;
    }
) & {
  /** Tells what has expired. @default the system's */
  clock?: Clock;
};

/** The measurements in PostgreSQL. Its schema must be up to date: see `migrateMeasurements`. */
export function openPostgresMeasurements(options: PostgresMeasurementsOptions): Measurements {
  const pool = "pool" in options ? options.pool : openPool(options.connectionString);
  const { clock = systemClock } = options;
  const now = () => microsOf(clock.now());
  const series = openSeries(pool);
  const partitions = openPartitions(pool);
  const writer = openPointWriter(pool, series, partitions);
  return {
    capabilities: { exactPercentiles: true },
    async write(points) {
      if (points.length === 0) return;
      try {
        await writer.write(points, now());
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
    maintain: (now) => partitions.maintain(now),
    async check() {
      await query(pool, "checking the measurements", { text: "SELECT 1" });
    },
    async close() {
      if (!("pool" in options) && !pool.ending) await pool.end();
    },
  };
}

const migrations = new URL("./migrations", import.meta.url);

/** @param directory where the migrations are, if not beside this file: a bundle carries them elsewhere */
export const migrateMeasurements = (
  connectionString: string,
  directory: string | URL = migrations,
): Promise<void> => migrate({ connectionString, directory, table: "measurements_schema" });
