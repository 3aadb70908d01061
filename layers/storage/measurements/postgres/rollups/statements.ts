import { stableHash } from "../../../../core/ids.ts";
import { MICROS_PER_DAY } from "../../../../core/time.ts";
import { MICROS_PER_HOUR } from "./hours.ts";

/**
 * Held whenever hours are claimed or summed up: a claim must not change hands in the middle. Nobody else deletes or
 * updates rows of the two tables, so that they can be taken by their places (`ctid`): that never scans the tables.
 */
export const LOCK = { text: `SELECT pg_advisory_xact_lock(${stableHash("rollups")})` };

/** $1: hours that begin later are left; $2: how many at most. Whoever touches one of them waits until it is claimed. */
export const CLAIM = {
  name: "rollups.claim",
  text: `
    WITH claimed AS (
      DELETE FROM touched_hours WHERE ctid = ANY (ARRAY (
        SELECT ctid FROM touched_hours WHERE start <= $1 ORDER BY start DESC LIMIT $2
      ))
      RETURNING series_id, start
    )
    INSERT INTO claimed_hours (series_id, start) SELECT series_id, start FROM claimed
    ON CONFLICT (series_id, start) DO UPDATE SET claimed_before = NULL`,
};

/**
 * For the claims of transactions before: whoever has an id from this one's on came when they were there to be seen.
 * (A snapshot's `xmax` would not do: ids above it may have been given out.)
 */
export const DATE_CLAIMS = {
  name: "rollups.date_claims",
  text: "UPDATE claimed_hours SET claimed_before = pg_current_xact_id() WHERE claimed_before IS NULL",
};

/**
 * $1: how many at most of the claimed hours of which all earlier touches are committed. One statement: nothing is
 * left half summed up, and its snapshot has all that the claims stand for.
 */
export const SUM_UP = {
  name: "rollups.sum_up",
  text: `
    WITH hours AS (
      DELETE FROM claimed_hours WHERE ctid = ANY (ARRAY (
        SELECT ctid FROM claimed_hours
        WHERE claimed_before <= pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY start DESC LIMIT $1
      ))
      RETURNING series_id, start
    ), summed AS MATERIALIZED (
      SELECT hours.series_id, hours.start, series.retention_class, points.*
      FROM hours
      JOIN series ON series.id = hours.series_id
      JOIN LATERAL (
        SELECT count(*) AS count, count(value) AS numbers,
          -- What would overflow is left out, and then the sum as a whole.
          CASE WHEN max(abs(value)) < 1e290 THEN sum(value) FILTER (WHERE abs(value) < 1e290) END AS sum,
          min(value) AS min, max(value) AS max, min(time) AS oldest, max(time) AS newest
        FROM points
        WHERE points.series_id = hours.series_id AND points.retention_class = series.retention_class
          AND time >= hours.start AND time < hours.start + ${MICROS_PER_HOUR}
      ) AS points ON true
    ), emptied AS (
      DELETE FROM rollups USING summed
      WHERE summed.count = 0 AND rollups.series_id = summed.series_id AND rollups.start = summed.start
    ), written AS (
      INSERT INTO rollups AS stored
        (series_id, start, retention_class, count, numbers, sum, min, max, oldest, newest)
      SELECT series_id, start, retention_class, count, numbers, sum, min, max, oldest, newest
      FROM summed WHERE count > 0 ORDER BY series_id, start
      ON CONFLICT (series_id, start) DO UPDATE SET
        count = excluded.count, numbers = excluded.numbers, sum = excluded.sum,
        min = excluded.min, max = excluded.max, oldest = excluded.oldest, newest = excluded.newest
    )
    SELECT
      (SELECT count(*)::int FROM hours) AS summed,
      EXISTS (
        SELECT FROM claimed_hours WHERE claimed_before > pg_snapshot_xmin(pg_current_snapshot())
      ) AS waiting`,
};

/** $1: now. What is summed up of points that have all expired. */
export const EXPIRE = {
  name: "rollups.expire",
  text: `
    DELETE FROM rollups USING retention_classes
    WHERE retention_class = days AND start < $1::bigint - days * ${MICROS_PER_DAY} - ${MICROS_PER_HOUR}`,
};
