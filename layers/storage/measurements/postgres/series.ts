import type pg from "pg";
import { UnavailableError } from "../../../core/errors.ts";
import type { StoredPoint } from "../../../core/measurement.ts";
import { textArray } from "../../postgres/arrays.ts";
import { query } from "../../postgres/transaction.ts";
import { type Series, SeriesCache } from "./series-cache.ts";

/** About 60 MB if it is ever full. */
const CAPACITY = 200_000;

/** Another writer's commit hides a series from one statement, and shows it to the next. */
const MOST_ATTEMPTS = 5;

interface SeriesRow {
  id: number;
  device_id: string;
  metric_name: string;
  retention_class: number;
}

type SeriesName = Pick<StoredPoint, "deviceId" | "metricName">;

// Only what is missing is inserted: a conflict, too, would use up an id. In order, so that two writers never wait
// for each other.
const FIND_OR_CREATE = {
  name: "series.find_or_create",
  text: `
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
    SELECT * FROM known UNION ALL SELECT * FROM created`,
};

/** Some points of one series. */
export interface SeriesPoints {
  series: Series;
  points: StoredPoint[];
}

export interface SeriesOfPoints {
  /** The points by their series, which all exist then. */
  group(points: readonly StoredPoint[]): Promise<SeriesPoints[]>;
  /** Trusts nothing that was known. */
  forget(): void;
}

export function openSeries(pool: pg.Pool): SeriesOfPoints {
  const cache = new SeriesCache(CAPACITY);

  /** Remembers only what was read or committed: a statement that failed leaves nothing behind. */
  async function learn(names: readonly SeriesName[]): Promise<void> {
    const values = [
      textArray(names.map(({ deviceId }) => deviceId)),
      textArray(names.map(({ metricName }) => metricName)),
    ];
    const rows = await query<SeriesRow>(pool, "looking up series", { ...FIND_OR_CREATE, values });
    for (const { id, device_id, metric_name, retention_class } of rows) {
      cache.set(device_id, metric_name, { id, retentionClass: retention_class });
    }
  }

  return {
    async group(points) {
      const groups: Groups = new Map();
      let ungrouped = addKnown(groups, points, cache);
      for (let attempt = 0; ungrouped.length > 0; attempt++) {
        if (attempt === MOST_ATTEMPTS) throw unseen(ungrouped);
        await learn(distinctNames(ungrouped));
        ungrouped = addKnown(groups, ungrouped, cache);
      }
      return [...groups.values()];
    },
    forget: () => cache.clear(),
  };
}

/** By the series' id: while one call waits, another may put an equal entry into the cache. */
type Groups = Map<number, SeriesPoints>;

/** @returns the points of series that the cache does not know */
function addKnown(groups: Groups, points: readonly StoredPoint[], cache: SeriesCache): StoredPoint[] {
  const unknown: StoredPoint[] = [];
  for (const point of points) {
    const series = cache.get(point.deviceId, point.metricName);
    if (!series) {
      unknown.push(point);
      continue;
    }
    const group = groups.get(series.id);
    if (group) group.points.push(point);
    else groups.set(series.id, { series, points: [point] });
  }
  return unknown;
}

function distinctNames(points: readonly StoredPoint[]): SeriesName[] {
  const metricsByDevice = new Map<string, Set<string>>();
  for (const { deviceId, metricName } of points) {
    const metrics = metricsByDevice.get(deviceId);
    if (metrics) metrics.add(metricName);
    else metricsByDevice.set(deviceId, new Set([metricName]));
  }
  return [...metricsByDevice].flatMap(([deviceId, metrics]) =>
    [...metrics].map((metricName) => ({ deviceId, metricName })),
  );
}

const unseen = ([point]: readonly StoredPoint[]) =>
  new UnavailableError(`expected a series for ${point?.deviceId} ${point?.metricName}, found none`, {
    code: "store_unavailable",
  });
