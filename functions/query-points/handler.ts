import { RefusedError } from "../../layers/core/errors.ts";
import { formatTime, MICROS_PER_SECOND, microsOf } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import type { Measurements } from "../../layers/storage/measurements/port.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { ask, checkRange, isApproximate, timeAt } from "./query.ts";
import { DEFAULT_LIMIT, operations, timeRanges } from "./schema.ts";

export type QueryDependencies = HttpDependencies & Pick<Dependencies, "measurements">;

const HOUR = 3_600 * MICROS_PER_SECOND;

export function createHandler(dependencies: QueryDependencies): HttpHandler {
  const routes = routesOf(rowOf("query-points"));
  return createHttpHandler({
    ...dependencies,
    routes,
    operations,
    handlers: handlersOf(dependencies.measurements),
  });
}

function handlersOf(store: Measurements): OperationHandlers<typeof operations> {
  return {
    async queryPoints({ body }) {
      const { devices, metrics, start_time, end_time, aggregation, interval, filters, limit, cursor } = body;
      const answer = await ask(store, {
        devices: devices ?? undefined,
        metrics,
        from: timeAt(start_time),
        to: timeAt(end_time),
        tags: filters?.tags ?? undefined,
        min: filters?.min ?? undefined,
        max: filters?.max ?? undefined,
        aggregation: aggregation ?? undefined,
        intervalSeconds: interval ?? undefined,
        limit: limit ?? DEFAULT_LIMIT,
        cursor: cursor ?? undefined,
      });
      return { body: answer };
    },

    async latestPoint({ params, query, now }) {
      const { device_id, metric_name } = params;
      const since = microsOf(now) - Math.round(query.lookback_hours * HOUR);
      const point = await store.latest({ deviceId: device_id, metricName: metric_name, since });
      if (!point) {
        throw new RefusedError(
          404,
          `no data for ${metric_name} of ${device_id} in the last ${query.lookback_hours} hours`,
        );
      }
      const { value, unit = null, time, tags = {}, metadata = {} } = point;
      return { body: { device_id, metric_name, value, unit, timestamp: formatTime(time), tags, metadata } };
    },

    async listDeviceMetrics({ params }) {
      return { body: await store.metricNames(params.device_id) };
    },

    async rangeOfPoints({ params, query, now }) {
      const { time_range, aggregation, interval, limit, cursor } = query;
      // One microsecond more, so that a point of this very moment is in it.
      const to = microsOf(now) + 1;
      const from = microsOf(now) - timeRanges[time_range] * HOUR;
      const series = { devices: [params.device_id], metrics: [params.metric_name] };
      const answer = await ask(store, {
        ...series,
        from,
        to,
        aggregation,
        intervalSeconds: interval,
        limit,
        cursor,
      });
      return { body: answer };
    },

    async aggregatedPoints({ query }) {
      const { metric_name, aggregation_type, interval, device_id, limit, cursor } = query;
      const from = timeAt(query.start_time);
      const to = timeAt(query.end_time);
      checkRange(from, to);
      const { items, next } = await store.buckets({
        metrics: [metric_name],
        devices: device_id === undefined ? undefined : [device_id],
        acrossDevices: device_id === undefined,
        from,
        to,
        aggregation: aggregation_type,
        interval: interval * MICROS_PER_SECOND,
        limit,
        cursor,
      });
      return {
        body: {
          device_id: device_id ?? null,
          metric_name,
          aggregation_type,
          interval,
          start_time: formatTime(from),
          end_time: formatTime(to),
          data_points: items.map(({ start, value, unit }) => ({ timestamp: formatTime(start), value, unit })),
          count: items.length,
          truncated: next !== undefined,
          next,
          approximate: isApproximate(store, aggregation_type),
        },
      };
    },
  };
}
