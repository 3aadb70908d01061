import type { TimestreamQueryClient } from "@aws-sdk/client-timestream-query";
import { versionOf } from "../../../core/measurement.ts";
import { alignDown, MICROS_PER_SECOND, type Micros } from "../../../core/time.ts";
import type { Statistics } from "../statistics.ts";
import { ask, numberIn, textIn } from "./ask.ts";
import { isPossible, type Place, sourceOf } from "./source.ts";
import { microsIn, nanos } from "./sql.ts";

const HOUR = 3_600 * MICROS_PER_SECOND;
const MINUTE_MS = 60_000;

/** Counted from the points themselves, all of them: nothing is summed up ahead. */
export function openStatistics(
  query: TimestreamQueryClient,
  placed: () => Promise<{ place: Place; to: Micros }>,
): Statistics {
  return {
    async device(deviceId, since) {
      const { place, to } = await placed();
      const sought = { devices: [deviceId], from: 0, to };
      if (!isPossible(sought) || place.tables.length === 0) return { metrics: [] };
      const sql = `SELECT metric, count(*) AS points, ${countIf(`nanos >= ${nanos(since)}`)} AS recent,
        max(nanos) AS newest FROM ${sourceOf(place, sought)} GROUP BY metric ORDER BY points DESC, metric`;
      const rows = await ask(query, "counting a device's points", sql);
      return {
        metrics: rows.map((row) => ({
          name: textIn(row, "metric"),
          points: numberIn(row, "points"),
          recentPoints: numberIn(row, "recent"),
          newest: microsIn(textIn(row, "newest")),
        })),
      };
    },

    async total(since) {
      const { place, to } = await placed();
      if (place.tables.length === 0) return { points: 0, lastMinute: 0, hours: [], metrics: [] };
      const lately = versionOf(place.now / 1_000 - MINUTE_MS, 0);
      const byMetric = `SELECT metric, count(*) AS points, count(DISTINCT device) AS devices,
        ${countIf(`version >= ${Math.floor(lately)}`)} AS lately
        FROM ${sourceOf(place, { from: 0, to })} GROUP BY metric ORDER BY metric`;
      const width = nanos(HOUR);
      const byHour = `SELECT (nanos / ${width}) * ${width} AS start, count(*) AS points
        FROM ${sourceOf(place, { from: alignDown(since, HOUR), to })} GROUP BY 1 ORDER BY start`;
      const [metrics, hours] = await Promise.all([
        ask(query, "counting points by metric", byMetric),
        ask(query, "counting points by hour", byHour),
      ]);
      const sum = (column: string) => metrics.reduce((total, row) => total + numberIn(row, column), 0);
      return {
        points: sum("points"),
        lastMinute: sum("lately"),
        hours: hours.map((row) => ({
          start: microsIn(textIn(row, "start")),
          points: numberIn(row, "points"),
        })),
        metrics: metrics.map((row) => ({ name: textIn(row, "metric"), devices: numberIn(row, "devices") })),
      };
    },
  };
}

const countIf = (condition: string): string => `sum(CASE WHEN ${condition} THEN 1 ELSE 0 END)`;
