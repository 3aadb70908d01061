import type { TimestreamQueryClient, TimestreamQueryClientConfig } from "@aws-sdk/client-timestream-query";
import type { TimestreamWriteClient } from "@aws-sdk/client-timestream-write";
import { type Clock, systemClock } from "../../../core/clock.ts";
import { asError } from "../../../core/errors.ts";
import { DEFAULT_RETENTION } from "../../../core/retention.ts";
import { MICROS_PER_DAY, type Micros, microsOf } from "../../../core/time.ts";
import type { Measurements, RetentionOf } from "../port.ts";
import { ask, textIn } from "./ask.ts";
import { erase } from "./erase.ts";
import { readBuckets } from "./read-buckets.ts";
import { readNewest, readPoints } from "./read-points.ts";
import { MOST_POINT_BYTES } from "./record.ts";
import { newestAt } from "./rejections.ts";
import { isPossible, type Place, sourceOf } from "./source.ts";
import { identifier, timestamp } from "./sql.ts";
import { openStatistics } from "./statistics.ts";
import { openTables, tableOf } from "./tables.ts";
import { writePoints } from "./write-points.ts";

export interface TimestreamMeasurementsOptions {
  /** Both with `TIMESTREAM_LIMITS`. `close` destroys them. */
  write: TimestreamWriteClient;
  query: TimestreamQueryClient;
  database: string;
  /** Tells what has expired. @default the system's */
  clock?: Clock;
}

/** Of both clients: throttling passes ("Handling write failure", Amazon Timestream Developer Guide). */
export const TIMESTREAM_LIMITS: Pick<TimestreamQueryClientConfig, "maxAttempts" | "requestHandler"> = {
  maxAttempts: 6,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 20_000 },
};

const MISSING: ReadonlySet<string> = new Set(["ResourceNotFoundException", "ValidationException"]);

const byDefault: RetentionOf = () => DEFAULT_RETENTION;

/** A latest point is mostly young, and a short range is read for less. */
const LOOK_BACK: readonly Micros[] = [MICROS_PER_DAY / 24, MICROS_PER_DAY];

/** The measurements in Amazon Timestream for LiveAnalytics. The database is there: see `migrateTimestream`. */
export function openTimestreamMeasurements(options: TimestreamMeasurementsOptions): Measurements {
  const { write, query, database, clock = systemClock } = options;
  const now = () => microsOf(clock.now());
  const tables = openTables({ write, database, clock });
  const destination = { write, database };
  const place = async (): Promise<Place> => ({ database, tables: await tables.all(), now: now() });

  /** A table that was not there, or had no columns yet, may have come to be, or be gone. */
  const told = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await work();
    } catch (error) {
      if (MISSING.has(asError(asError(error).cause).name)) tables.forget();
      throw error;
    }
  };

  return {
    capabilities: {
      exactPercentiles: false,
      ties: false,
      formerRetention: false,
      countsNew: false,
      mostPointBytes: MOST_POINT_BYTES,
    },
    async write(points, retentionOf = byDefault) {
      if (points.length > 0) await told(() => writePoints(destination, tables, points, retentionOf, now()));
    },
    points: (wanted) => told(async () => readPoints(query, await place(), wanted)),
    buckets: (wanted) => told(async () => readBuckets(query, await place(), wanted)),
    latest: ({ since, ...series }) =>
      told(async () => {
        const where = await place();
        let to = newestAt(where.now);
        for (const from of [...LOOK_BACK.map((back) => where.now - back), 0]) {
          const newest = await readNewest(query, where, { ...series, from: Math.max(from, since), to });
          if (newest || from <= since) return newest;
          to = from;
        }
        return undefined;
      }),
    metricNames: (deviceId) =>
      told(async () => {
        const where = await place();
        const sought = { devices: [deviceId], from: 0, to: newestAt(where.now) };
        if (!isPossible(sought) || where.tables.length === 0) return [];
        const sql = `SELECT DISTINCT metric FROM ${sourceOf(where, sought)} ORDER BY metric`;
        return (await ask(query, "reading a device's metrics", sql)).map((row) => textIn(row, "metric"));
      }),
    statistics: openStatistics(query, async () => ({ place: await place(), to: newestAt(now()) })),
    erase: (deviceId, before, limit) =>
      told(async () => erase(destination, query, await place(), { deviceId, before, limit })),
    // Timestream itself lets go of what has expired.
    maintain: () => told(() => tables.renew()),
    rollUp: async () => 0,
    async check() {
      const table = `${identifier(database)}.${identifier(tableOf(DEFAULT_RETENTION.days))}`;
      const later = timestamp(newestAt(now()));
      await ask(
        query,
        "checking the measurements",
        `SELECT time FROM ${table} WHERE time > ${later} LIMIT 1`,
      );
    },
    async close() {
      write.destroy();
      query.destroy();
    },
  };
}

/** Makes the table that points go to unless something else is said of them. Idempotent. The stack makes the database. */
export async function migrateTimestream(
  options: Omit<TimestreamMeasurementsOptions, "query">,
): Promise<void> {
  const { write, database, clock = systemClock } = options;
  await openTables({ write, database, clock }).ensure(DEFAULT_RETENTION.days);
}
