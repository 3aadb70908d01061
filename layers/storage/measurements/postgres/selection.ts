import type pg from "pg";
import { isStorable } from "../../../core/json.ts";
import type { Micros } from "../../../core/time.ts";
import { textArray } from "../../postgres/arrays.ts";
import { query } from "../../postgres/transaction.ts";
import { decodeCursor, type Position } from "../cursor.ts";
import type { PointQuery, SeriesFilter } from "../port.ts";
import { newestAt, oldestOf } from "./retention.ts";
import type { Window } from "./windows.ts";

/** A query with its series looked up. */
export interface Selection extends Window {
  /** What an answer names, in the order of the answer: "rank" is a place in it. */
  named: Named[];
  seriesIds: number[];
  /** Beside each series the rank of what it counts towards. */
  ranks: number[];
  /** Beside each series its retention class. */
  classes: number[];
  /** Of each retention class among the series: the time before which its points have expired. */
  oldest: Map<number, Micros>;
  filter: SeriesFilter;
  /** Only what comes after this in the order of the answer. */
  after?: { time: Micros; rank: number; span?: Micros };
}

/** A series; or a metric of all devices together. */
export interface Named {
  deviceId?: string;
  metricName: string;
}

interface SeriesRow {
  id: number;
  device_id: string;
  metric_name: string;
  retention_class: number;
  passed: boolean;
}

// Names are looked up here and nowhere else: the queries over points work by id and rank.
const selectSeries = (order: string, passed: string) => `
  SELECT id, device_id, metric_name, retention_class, ${passed} AS passed
  FROM series
  WHERE metric_name = ANY ($1) AND ($2::text[] IS NULL OR device_id = ANY ($2))
  ORDER BY ${order}`;

const SELECT_EACH = selectSeries("device_id, metric_name", "(device_id, metric_name) <= ($3, $4)");
const SELECT_ACROSS_DEVICES = selectSeries(
  "metric_name, device_id",
  "(metric_name, $3::text) <= ($4, $3)", // the metric alone: what is beside it equals itself
);

/** @returns `undefined` if nothing can match */
export async function select(
  pool: pg.Pool,
  wanted: PointQuery & { acrossDevices?: boolean },
  now: Micros,
): Promise<Selection | undefined> {
  const after = decodeCursor(wanted.cursor);
  if (!canMatch(wanted)) return undefined;
  const rows = await findSeries(pool, wanted, after);
  const oldest = new Map<number, Micros>();
  for (const { retention_class: days } of rows) oldest.set(days, oldestOf(days, now));
  const from = Math.max(wanted.from, after?.time ?? wanted.from, Math.min(...oldest.values()));
  const to = Math.min(wanted.to, newestAt(now));
  if (rows.length === 0 || from >= to) return undefined;
  const { named, ranks, passed } = rank(rows, wanted.acrossDevices ?? false);
  const selection: Selection = {
    ...{ from, to, named, ranks, oldest },
    seriesIds: rows.map(({ id }) => id),
    classes: rows.map(({ retention_class }) => retention_class),
    filter: wanted,
  };
  if (after) selection.after = { time: after.time, rank: passed - 1, span: after.span };
  return selection;
}

/** Text that no store takes is on no point, and the database would refuse the question. */
function canMatch({ devices = [], metrics, tags = {} }: SeriesFilter): boolean {
  return [devices, metrics, Object.entries(tags)].flat(2).every(isStorable);
}

function findSeries(
  pool: pg.Pool,
  { devices = [], metrics, acrossDevices }: SeriesFilter & { acrossDevices?: boolean },
  after: Position | undefined,
): Promise<SeriesRow[]> {
  return query<SeriesRow>(pool, "looking up series", {
    text: acrossDevices ? SELECT_ACROSS_DEVICES : SELECT_EACH,
    values: [
      textArray(metrics),
      devices.length > 0 ? textArray(devices) : null,
      after?.deviceId ?? "",
      after?.metricName ?? "",
    ],
  });
}

/** @returns beside names and ranks: how many of the names the cursor has passed */
function rank(rows: readonly SeriesRow[], acrossDevices: boolean) {
  const named: Named[] = [];
  const ranks: number[] = [];
  let passed = 0;
  for (const { device_id, metric_name, passed: isPassed } of rows) {
    const deviceId = acrossDevices ? undefined : device_id;
    const last = named.at(-1);
    if (last?.metricName !== metric_name || last.deviceId !== deviceId) {
      named.push(
        deviceId === undefined ? { metricName: metric_name } : { deviceId, metricName: metric_name },
      );
      if (isPassed) passed++;
    }
    ranks.push(named.length - 1);
  }
  return { named, ranks, passed };
}
