import type pg from "pg";
import { alignDown, MICROS_PER_DAY, MICROS_PER_SECOND, type Micros } from "../../../core/time.ts";
import { query } from "../../postgres/transaction.ts";
import type { Statistics } from "../statistics.ts";
import { MICROS_PER_HOUR } from "./rollups/hours.ts";

// What is summed up by the hour is counted from there; hours that were touched since, from their points (`rollups`).
const DEVICE = {
  name: "statistics.device",
  text: `
    WITH mine AS MATERIALIZED (
      SELECT id, metric_name, retention_class FROM series WHERE device_id = $1
    ), open AS MATERIALIZED (
      SELECT id, start FROM mine JOIN touched_hours ON series_id = id
      UNION SELECT id, start FROM mine JOIN claimed_hours ON series_id = id
    ), counted AS (
      SELECT id, start, count, newest FROM mine JOIN rollups ON series_id = id
      WHERE (id, start) NOT IN (SELECT id, start FROM open)
      UNION ALL
      SELECT id, start, points.count, points.newest
      FROM open JOIN mine USING (id) CROSS JOIN LATERAL (
        SELECT count(*), max(time) AS newest FROM points
        WHERE series_id = id AND points.retention_class = mine.retention_class
          AND time >= start AND time < start + ${MICROS_PER_HOUR}
      ) AS points
    )
    SELECT metric_name AS name, sum(count) AS points,
      coalesce(sum(count) FILTER (WHERE start >= $2), 0) AS recent, max(newest) AS newest
    FROM counted JOIN mine USING (id)
    WHERE count > 0
    GROUP BY metric_name
    ORDER BY 2 DESC, metric_name`,
};

// One statement, so that what is being rolled up counts once.
const HOURS = {
  name: "statistics.hours",
  text: `
    WITH counted AS (
      SELECT retention_class, start, points FROM hour_counts
      UNION ALL SELECT retention_class, start, points FROM counted_points
    )
    SELECT start, sum(points) AS points FROM counted
    WHERE start > $1::bigint - retention_class * ${MICROS_PER_DAY} - ${MICROS_PER_HOUR}
    GROUP BY start ORDER BY start`,
};

const LAST_MINUTE = {
  name: "statistics.last-minute",
  text: "SELECT coalesce(sum(points), 0) AS points FROM counted_points WHERE at >= $1 AND points > 0",
};

const METRICS = {
  name: "statistics.metrics",
  text: "SELECT metric_name AS name, devices FROM metric_counts ORDER BY metric_name",
};

const ROLL_UP_COUNTS = {
  name: "statistics.roll-up-counts",
  text: `
    WITH taken AS (
      DELETE FROM counted_points WHERE at < $1 RETURNING retention_class, start, points
    )
    INSERT INTO hour_counts AS stored
    SELECT retention_class, start, sum(points) FROM taken GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (retention_class, start) DO UPDATE SET points = stored.points + excluded.points`,
};

const EXPIRE_COUNTS = {
  name: "statistics.expire-counts",
  text: `DELETE FROM hour_counts
    WHERE start < $1::bigint - retention_class * ${MICROS_PER_DAY} - 2 * ${MICROS_PER_DAY}`,
};

/** What the last minute is told from: longer than a minute, so that a clock may be behind the database's. */
const KEPT = 300 * MICROS_PER_SECOND;

export const openStatistics = (pool: pg.Pool, now: () => Micros): Statistics => ({
  async device(deviceId, since) {
    const statement = { ...DEVICE, values: [deviceId, alignDown(since, MICROS_PER_HOUR)] };
    const rows = await query<Record<"name" | "points" | "recent" | "newest", string>>(
      pool,
      "counting a device's points",
      statement,
    );
    const metrics = rows.map(({ name, points, recent, newest }) => ({
      name,
      points: Number(points),
      recentPoints: Number(recent),
      newest: Number(newest),
    }));
    return { metrics };
  },

  async total(since) {
    const [byHour, [minute], metrics] = await Promise.all([
      query<{ start: string; points: string }>(pool, "counting points", { ...HOURS, values: [now()] }),
      query<{ points: string }>(pool, "counting points of the last minute", {
        ...LAST_MINUTE,
        values: [now() - 60 * MICROS_PER_SECOND],
      }),
      query<{ name: string; devices: string }>(pool, "counting metrics", METRICS),
    ]);
    const hours = byHour.map(({ start, points }) => ({ start: Number(start), points: Number(points) }));
    const from = alignDown(since, MICROS_PER_HOUR);
    return {
      points: hours.reduce((sum, { points }) => sum + points, 0),
      lastMinute: Number(minute?.points),
      hours: hours.filter(({ start, points }) => start >= from && points !== 0),
      metrics: metrics.map(({ name, devices }) => ({ name, devices: Number(devices) })),
    };
  },
});

/** Any number of callers at once: what one takes the others find gone. */
export async function rollUpCounts(pool: pg.Pool, now: Micros): Promise<void> {
  await query(pool, "rolling up counts", { ...ROLL_UP_COUNTS, values: [now - KEPT] });
}

export async function expireCounts(pool: pg.Pool, now: Micros): Promise<void> {
  await query(pool, "dropping expired counts", { ...EXPIRE_COUNTS, values: [now] });
}
