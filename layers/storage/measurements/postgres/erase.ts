import type pg from "pg";
import type { Micros } from "../../../core/time.ts";
import { query } from "../../postgres/transaction.ts";

// By key, and in its order, as writers lock them.
const ERASE = {
  name: "points.erase",
  text: `
    WITH chosen AS MATERIALIZED (
      SELECT series_id, points.retention_class, time
      FROM series JOIN points
        ON points.series_id = series.id AND points.retention_class = series.retention_class
      WHERE device_id = $1 AND version < $2
      ORDER BY series_id, time
      LIMIT $3
    )
    DELETE FROM points USING chosen
    WHERE points.series_id = chosen.series_id AND points.retention_class = chosen.retention_class
      AND points.time = chosen.time AND points.version < $2
    RETURNING 1`,
};

/** A version begins with the millisecond in which the point was accepted: see `versionOf`. */
const VERSIONS_PER_MS = 1_024;

export async function erase(pool: pg.Pool, deviceId: string, before: Micros, limit: number): Promise<number> {
  const version = Math.ceil(before / 1_000) * VERSIONS_PER_MS;
  const rows = await query(pool, "erasing points", { ...ERASE, values: [deviceId, version, limit] });
  return rows.length;
}
