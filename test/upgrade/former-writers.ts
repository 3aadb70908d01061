import type pg from "pg";
import { numberArray, textArray } from "../../layers/storage/postgres/arrays.ts";

// What the version that ended with registry 8 and measurements 4 wrote, statement by statement. It knows nothing of
// retention by metric, rollups, statistics, alerts, descriptions of devices, and limits of keys.

/** The last schemas that this version knew. */
export const formerVersions = { registry: 8, measurements: 4, logs: 1 } as const;

const SERIES = `
  WITH given AS (
    SELECT device_id, metric_name FROM unnest($1::text[], $2::text[]) AS given (device_id, metric_name)
  ), known AS (
    SELECT DISTINCT ON (device_id, metric_name) id, device_id, metric_name, retention_class
    FROM given JOIN series USING (device_id, metric_name)
    ORDER BY device_id, metric_name, valid_from DESC
  ), created AS (
    INSERT INTO series (device_id, metric_name)
    SELECT device_id, metric_name FROM given
    WHERE (device_id, metric_name) NOT IN (SELECT device_id, metric_name FROM known)
    ORDER BY device_id COLLATE "C", metric_name COLLATE "C"
    ON CONFLICT DO NOTHING
    RETURNING id, device_id, metric_name, retention_class
  )
  SELECT id FROM known UNION ALL SELECT id FROM created`;

const POINTS = `
  INSERT INTO points AS stored
    (series_id, retention_class, time, version, tie, value, document, unit, tags, metadata)
  SELECT series_id, 90, time, version, 0, value, NULL, 'celsius', NULL, NULL
  FROM unnest($1::int4[], $2::int8[], $3::int8[], $4::float8[]) AS given (series_id, time, version, value)
  ON CONFLICT (series_id, retention_class, time) DO UPDATE SET
    version = excluded.version, tie = excluded.tie, value = excluded.value, document = excluded.document,
    unit = excluded.unit, tags = excluded.tags, metadata = excluded.metadata
  WHERE (stored.version, stored.tie) < (excluded.version, excluded.tie)`;

const SEEN = `
  INSERT INTO devices AS stored (device_id, first_seen, last_seen)
  VALUES ($1, $2, $2)
  ON CONFLICT (device_id) DO UPDATE SET last_seen = excluded.last_seen
  WHERE stored.last_seen < excluded.last_seen - 60000000`;

const KEY = `
  INSERT INTO api_keys AS stored (key_id, name, scopes, hash, created_at)
  VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (key_id) DO UPDATE SET name = stored.name WHERE stored.hash = excluded.hash`;

const OUTBOX = "INSERT INTO outbox (event) SELECT event::json FROM unnest($1::text[]) AS added (event)";

export interface Measured {
  deviceId: string;
  /** Microseconds since the epoch. */
  time: number;
  version: number;
  value: number;
}

/** Stores points of one device's temperature, and notes the device. */
export async function writePoints(
  pool: pg.Pool,
  deviceId: string,
  points: readonly Measured[],
): Promise<void> {
  const names = [textArray([deviceId]), textArray(["temperature"])];
  const { rows } = await pool.query<{ id: number }>(SERIES, names);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error("expected a series");
  for (const { time } of points) await pool.query("SELECT create_points_partition(90::smallint, $1)", [time]);
  await pool.query(POINTS, [
    numberArray(points.map(() => id)),
    numberArray(points.map(({ time }) => time)),
    numberArray(points.map(({ version }) => version)),
    numberArray(points.map(({ value }) => value)),
  ]);
  await pool.query(SEEN, [deviceId, points[0]?.time]);
}

export const createKey = (pool: pg.Pool, keyId: string, hash: Buffer, at: number): Promise<unknown> =>
  pool.query(KEY, [keyId, "former", textArray(["ingest"]), hash, at]);

export const addToOutbox = (pool: pg.Pool, events: readonly object[]): Promise<unknown> =>
  pool.query(OUTBOX, [textArray(events.map((event) => JSON.stringify(event)))]);
