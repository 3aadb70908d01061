import { alignDown, formatTime, MICROS_PER_SECOND, type Micros, microsOf } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import type { MetricStatistics } from "../../layers/storage/measurements/statistics.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { recentCalls } from "./calls.ts";
import { countByType } from "./metric-types.ts";
import { operations } from "./schema.ts";

export type StatisticsDependencies = HttpDependencies & Pick<Dependencies, "measurements" | "registry">;

const HOUR = 3_600 * MICROS_PER_SECOND;
const DAY_HOURS = 24;
const MINUTES_PER_DAY = 1_440;
const TOP_METRICS = 10;

/**
 * What a point takes in PostgreSQL with its share of the index: measured with numbers with a unit, of 1,000 series that
 * report in turn. Longer values, tags and metadata take more.
 */
const BYTES_PER_POINT = 200;

export function createHandler(dependencies: StatisticsDependencies): HttpHandler {
  const routes = routesOf(rowOf("report-statistics"));
  return createHttpHandler({ ...dependencies, routes, operations, handlers: handlersOf(dependencies) });
}

function handlersOf({
  measurements: { statistics },
  registry,
}: StatisticsDependencies): OperationHandlers<typeof operations> {
  const { alerts, definitions, devices, usage } = registry;

  return {
    async deviceStatistics({ params: { device_id }, now }) {
      const since = lastDayUntil(microsOf(now));
      const [{ metrics }, alertsOfLate] = await Promise.all([
        statistics.device(device_id, since),
        alerts.countSince(since, device_id),
      ]);
      const recent = sumOf(metrics, "recentPoints");
      const points = sumOf(metrics, "points");
      const newest = metrics.reduce((latest, each) => Math.max(latest, each.newest), 0);
      return {
        body: {
          device_id,
          total_metrics: metrics.length,
          active_metrics: metrics.filter(({ recentPoints }) => recentPoints > 0).length,
          data_points_count: points,
          last_update: metrics.length > 0 ? formatTime(newest) : null,
          storage_size: points * BYTES_PER_POINT,
          avg_frequency: recent / MINUTES_PER_DAY,
          last_24h_points: recent,
          last_24h_alerts: alertsOfLate,
          metrics_by_type: await countByType(
            metrics.map(({ name }) => name),
            definitions,
          ),
          top_metrics: metrics.slice(0, TOP_METRICS).map(({ name, points }) => ({ name, points })),
        },
      };
    },

    async totalStatistics({ now }) {
      const at = microsOf(now);
      const since = lastDayUntil(at);
      const [total, byType, alertsOfLate, calls] = await Promise.all([
        statistics.total(since),
        devices.counts(since),
        alerts.countSince(since),
        recentCalls(usage, at),
      ]);
      const hours = everyHour(since, total.hours);
      return {
        body: {
          total_devices: byType.reduce((sum, each) => sum + each.devices, 0),
          active_devices: byType.reduce((sum, each) => sum + each.active, 0),
          total_metrics: total.metrics.length,
          total_data_points: total.points,
          points_per_second: total.lastMinute / 60,
          avg_latency: calls.averageMs,
          error_rate: calls.errorRate,
          last_24h_points: hours.reduce((sum, { points }) => sum + points, 0),
          last_24h_alerts: alertsOfLate,
          devices_by_type: Object.fromEntries(
            byType.map(({ type, devices }) => [type ?? "unknown", devices]),
          ),
          metrics_by_type: await countByType(
            total.metrics.map(({ name }) => name),
            definitions,
          ),
          data_by_hour: hours,
        },
      };
    },
  };
}

/** The hour that is and the 23 before, so that all numbers of the day agree. */
const lastDayUntil = (now: Micros): Micros => alignDown(now, HOUR) - (DAY_HOURS - 1) * HOUR;

const sumOf = (metrics: readonly MetricStatistics[], field: "points" | "recentPoints"): number =>
  metrics.reduce((sum, each) => sum + each[field], 0);

/** Also hours without points; and none that is ahead. */
function everyHour(since: Micros, hours: readonly { start: Micros; points: number }[]) {
  const points = new Map(hours.map((each) => [each.start, each.points]));
  return Array.from({ length: DAY_HOURS }, (_, i) => since + i * HOUR).map((start) => ({
    hour: formatTime(start),
    points: points.get(start) ?? 0,
  }));
}
