import type pg from "pg";
import type { Point } from "../../../core/measurement.ts";
import { MICROS_PER_DAY, type Micros } from "../../../core/time.ts";
import { query } from "../../postgres/transaction.ts";
import type { Measurements } from "../port.ts";
import { POINT_COLUMNS, type PointRow, pointOf } from "./read-points.ts";

// One descent of the index per partition, the newest first, until there is a point.
const READ_LATEST = {
  name: "points.latest",
  text: `
    SELECT newest.*
    FROM series CROSS JOIN LATERAL (
      SELECT ${POINT_COLUMNS}
      FROM points
      WHERE points.series_id = series.id AND points.retention_class = series.retention_class
        AND points.time >= greatest($3::bigint, $4::bigint - series.retention_class * ${MICROS_PER_DAY})
      ORDER BY points.time DESC
      LIMIT 1
    ) AS newest
    WHERE device_id = $1 AND metric_name = $2
    ORDER BY newest.time DESC
    LIMIT 1`,
};

export async function readLatest(
  pool: pg.Pool,
  { deviceId, metricName, since }: Parameters<Measurements["latest"]>[0],
  now: Micros,
): Promise<Point | undefined> {
  const values = [deviceId, metricName, since, now];
  const [row] = await query<PointRow>(pool, "reading the latest point", { ...READ_LATEST, values });
  return row && pointOf(deviceId, metricName, row);
}

const READ_METRIC_NAMES = {
  name: "series.metric_names",
  text: "SELECT DISTINCT metric_name FROM series WHERE device_id = $1 ORDER BY metric_name",
};

export async function readMetricNames(pool: pg.Pool, deviceId: string): Promise<string[]> {
  const values = [deviceId];
  const rows = await query<{ metric_name: string }>(pool, "reading a device's metrics", {
    ...READ_METRIC_NAMES,
    values,
  });
  return rows.map(({ metric_name }) => metric_name);
}
