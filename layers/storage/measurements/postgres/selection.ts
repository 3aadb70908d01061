import type pg from "pg";
import { isStorable } from "../../../core/json.ts";
import { MICROS_PER_DAY, type Micros } from "../../../core/time.ts";
import { query } from "../../postgres/transaction.ts";
import type { PointQuery, SeriesFilter } from "../port.ts";
import { decodeCursor, type Position } from "./cursor.ts";
import { Parameters } from "./parameters.ts";
import type { Window } from "./windows.ts";
import { MOST_AHEAD } from "./write-points.ts";

/** One line of the answer: a series, or a metric of all devices together. */
export interface Lane {
  deviceId?: string;
  metricName: string;
}

/** What a query asks for, with its series looked up. */
export interface Selection extends Window {
  filter: SeriesFilter;
  /** In the order of the answer. */
  lanes: Lane[];
  /** The ids of the series, and beside each its lane's place in `lanes`. */
  seriesIds: number[];
  laneOfSeries: number[];
  retentionClasses: Map<number, Micros>;
  /** Answer with what comes after this only. */
  after?: { time: Micros; lane: number };
}

interface SeriesRow {
  id: number;
  device_id: string;
  metric_name: string;
  retention_class: number;
  passed: boolean;
}

const SELECT_SERIES = {
  text: `
    SELECT id, device_id, metric_name, retention_class, (device_id, metric_name) <= ($3, $4) AS passed
    FROM series
    WHERE metric_name = ANY ($1) AND ($2::text[] IS NULL OR device_id = ANY ($2))
    ORDER BY device_id, metric_name`,
};

const SELECT_SERIES_BY_METRIC = {
  text: `
    SELECT id, '' AS device_id, metric_name, retention_class, metric_name <= $4 AS passed
    FROM series
    WHERE metric_name = ANY ($1) AND ($2::text[] IS NULL OR device_id = ANY ($2)) AND $3::text IS NOT NULL
    ORDER BY metric_name, device_id`,
};
