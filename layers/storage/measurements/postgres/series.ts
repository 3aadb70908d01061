import type pg from "pg";
import { UnavailableError } from "../../../core/errors.ts";
import type { StoredPoint } from "../../../core/measurement.ts";
import { RETENTION_DAYS, type Retention } from "../../../core/retention.ts";
import type { Micros } from "../../../core/time.ts";
import { numberArray, textArray } from "../../postgres/arrays.ts";
import { query } from "../../postgres/transaction.ts";
import type { RetentionOf } from "../port.ts";
import { type Series, SeriesCache, seriesAt } from "./series-cache.ts";

/** About 60 MB if it is ever full. */
const CAPACITY = 200_000;

/** Another writer's commit hides a series from one statement, and shows it to the next. */
const MOST_ATTEMPTS = 5;

interface SeriesRow {
  id: number;
  device_id: string;
  metric_name: string;
  retention_class: number;
  valid_from: string;
}

interface Wanted {
  deviceId: string;
  metricName: string;
  retention: Retention;
}

// Only what is missing is inserted: a conflict, too, would use up an id. In order, so that two writers never wait
// for each other. The first series of a device and metric is for points of all times.
const FIND_OR_CREATE = {
  name: "series.find_or_create",
  text: `
    WITH given AS (
      SELECT * FROM unnest($1::text[], $2::text[], $3::int2[], $4::int8[])
        AS given (device_id, metric_name, days, since)
    ), known AS MATERIALIZED (
      SELECT id, device_id, metric_name, retention_class, valid_from
      FROM given JOIN series USING (device_id, metric_name)
    ), newest AS (
      SELECT DISTINCT ON (device_id, metric_name) * FROM known
      ORDER BY device_id, metric_name, valid_from DESC
    ), created AS (
      INSERT INTO series (device_id, metric_name, retention_class, valid_from)
      SELECT device_id, metric_name, days, CASE WHEN newest.id IS NULL THEN 0 ELSE since END
      FROM given LEFT JOIN newest USING (device_id, metric_name)
      WHERE newest.id IS NULL OR newest.retention_class <> days AND newest.valid_from < since
      ORDER BY device_id COLLATE "C", metric_name COLLATE "C"
      ON CONFLICT DO NOTHING
      RETURNING id, device_id, metric_name, retention_class, valid_from
    )
    SELECT * FROM known UNION ALL SELECT * FROM created`,
};

const ENSURE_CLASS = {
  name: "series.ensure_class",
  text: "SELECT ensure_retention_class(days) FROM unnest($1::int2[]) AS days ORDER BY days",
};

/** Some points of one series. */
export interface SeriesPoints {
  series: Series;
  points: StoredPoint[];
}

export interface SeriesOfPoints {
  /** The points by their series, which all exist then. */
  group(points: readonly StoredPoint[], retentionOf: RetentionOf, now: Micros): Promise<SeriesPoints[]>;
  /** Trusts nothing that was known. */
  forget(): void;
}

export function openSeries(pool: pg.Pool): SeriesOfPoints {
  const cache = new SeriesCache(CAPACITY);
  const classes = new Set<number>([RETENTION_DAYS.default]);

  /** Apart from what is written with them: tables are made once, and every other writer waits meanwhile. */
  async function ensureClasses(wanted: readonly Wanted[]): Promise<void> {
    const missing = new Set(
      wanted.map(({ retention }) => retention.days).filter((days) => !classes.has(days)),
    );
    if (missing.size === 0) return;
    const values = [numberArray([...missing])];
    await query(pool, "making classes of retention", { ...ENSURE_CLASS, values });
    for (const days of missing) classes.add(days);
  }

  /** Remembers only what was read or committed: a statement that failed leaves nothing behind. */
  async function learn(wanted: readonly Wanted[]): Promise<void> {
    await ensureClasses(wanted);
    const values = [
      textArray(wanted.map(({ deviceId }) => deviceId)),
      textArray(wanted.map(({ metricName }) => metricName)),
      numberArray(wanted.map(({ retention }) => retention.days)),
      numberArray(wanted.map(({ retention }) => retention.since)),
    ];
    const rows = await query<SeriesRow>(pool, "looking up series", { ...FIND_OR_CREATE, values });
    for (const [{ device_id, metric_name }, newest] of newestSeries(rows)) {
      cache.set(device_id, metric_name, newest);
    }
  }

  return {
    async group(points, retentionOf, now) {
      const grouping: Grouping = { groups: new Map(), cache, retentionOf, now };
      let ungrouped = addKnown(grouping, points);
      for (let attempt = 0; ungrouped.length > 0; attempt++) {
        if (attempt === MOST_ATTEMPTS) throw unseen(ungrouped);
        await learn(wantedOf(ungrouped, retentionOf));
        ungrouped = addKnown(grouping, ungrouped);
      }
      return [...grouping.groups.values()];
    },
    forget() {
      cache.clear();
      classes.clear();
    },
  };
}

interface Grouping {
  /** By the series' id: while one call waits, another may put an equal entry into the cache. */
  groups: Map<number, SeriesPoints>;
  cache: SeriesCache;
  retentionOf: RetentionOf;
  now: Micros;
}

/** @returns the points of series that the cache does not know, or not as their retention is now */
function addKnown({ groups, cache, retentionOf, now }: Grouping, points: readonly StoredPoint[]) {
  const unknown: StoredPoint[] = [];
  for (const point of points) {
    const newest = cache.get(point.deviceId, point.metricName);
    if (!newest || !follows(newest, retentionOf(point.metricName))) {
      unknown.push(point);
      continue;
    }
    const series = newest.earlier ? seriesAt(newest, point.time, now) : newest;
    const group = groups.get(series.id);
    if (group) group.points.push(point);
    else groups.set(series.id, { series, points: [point] });
  }
  return unknown;
}

/** What was decided before the newest series began is over. */
const follows = (newest: Series, { days, since }: Retention): boolean =>
  newest.retentionClass === days || newest.validFrom >= since;

/** Each device's metric once. */
function wantedOf(points: readonly StoredPoint[], retentionOf: RetentionOf): Wanted[] {
  const metricsByDevice = new Map<string, Set<string>>();
  for (const { deviceId, metricName } of points) {
    const metrics = metricsByDevice.get(deviceId);
    if (metrics) metrics.add(metricName);
    else metricsByDevice.set(deviceId, new Set([metricName]));
  }
  return [...metricsByDevice].flatMap(([deviceId, metrics]) =>
    [...metrics].map((metricName) => ({ deviceId, metricName, retention: retentionOf(metricName) })),
  );
}

/** Of each device and metric, with what held before. */
function newestSeries(rows: readonly SeriesRow[]): [SeriesRow, Series][] {
  const newest = new Map<string, [SeriesRow, Series]>();
  const inOrder = rows.toSorted((a, b) => Number(a.valid_from) - Number(b.valid_from));
  for (const row of inOrder) {
    const name = `${row.device_id} ${row.metric_name}`;
    const earlier = newest.get(name)?.[1];
    const series = { id: row.id, retentionClass: row.retention_class, validFrom: Number(row.valid_from) };
    newest.set(name, [row, earlier ? { ...series, earlier } : series]);
  }
  return [...newest.values()];
}

const unseen = ([point]: readonly StoredPoint[]) =>
  new UnavailableError(`expected a series for ${point?.deviceId} ${point?.metricName}, found none`, {
    code: "store_unavailable",
  });
