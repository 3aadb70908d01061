import type { Aggregation } from "../../layers/core/aggregation.ts";
import { RefusedError } from "../../layers/core/errors.ts";
import type { Point } from "../../layers/core/measurement.ts";
import { formatTime, MICROS_PER_SECOND, type Micros, parseTime } from "../../layers/core/time.ts";
import type { Bucket, Measurements, Page, PointQuery } from "../../layers/storage/measurements/port.ts";
import type { TelemetryData } from "./schema.ts";

/** A question about series, as the routes understand it. */
export interface Question extends PointQuery {
  aggregation?: Aggregation;
  intervalSeconds?: number;
}

const APPROXIMATED = new Set<Aggregation>(["median", "p95", "p99"]);

/** @throws {RefusedError} 400 an aggregation without an interval or the reverse, 422 a range that is empty */
export async function ask(store: Measurements, question: Question): Promise<TelemetryData> {
  const { aggregation, intervalSeconds, ...filter } = question;
  checkRange(question.from, question.to);
  const page = await pageOf(store, question, filter);
  const single = (list: readonly string[] | undefined) => (list?.length === 1 ? (list[0] ?? null) : null);
  const device = single(question.devices);
  return {
    device_id: device,
    metric_name: single(question.metrics),
    data_points: page.items.map((item) => dataPoint(item, device === null)),
    count: page.items.length,
    aggregation: aggregation ?? null,
    interval: intervalSeconds ?? null,
    start_time: formatTime(question.from),
    end_time: formatTime(question.to),
    truncated: page.next !== undefined,
    next: page.next,
    approximate: isApproximate(store, aggregation),
  };
}

export function isApproximate(store: Measurements, aggregation: Aggregation | undefined): true | undefined {
  if (!aggregation || store.capabilities.exactPercentiles || !APPROXIMATED.has(aggregation)) return undefined;
  return true;
}

function pageOf(store: Measurements, question: Question, filter: PointQuery): Promise<Page<Point | Bucket>> {
  const { aggregation, intervalSeconds } = question;
  if (aggregation && intervalSeconds) {
    return store.buckets({ ...filter, aggregation, interval: intervalSeconds * MICROS_PER_SECOND });
  }
  if (!aggregation && !intervalSeconds) return store.points(filter);
  const missing = aggregation ? "interval" : "aggregation";
  const message = "aggregation and interval go together";
  throw new RefusedError(400, `${missing}: ${message}`, [{ path: missing, message }]);
}

function dataPoint(item: Point | Bucket, withDevice: boolean): TelemetryData["data_points"][number] {
  const { deviceId, metricName, value, unit } = item;
  const described = "time" in item ? { tags: item.tags, metadata: item.metadata } : {};
  const timestamp = formatTime("time" in item ? item.time : item.start);
  return {
    timestamp,
    device_id: withDevice ? deviceId : undefined,
    metric_name: metricName,
    value,
    unit,
    ...described,
  };
}

export function checkRange(from: Micros, to: Micros): void {
  if (from < to) return;
  const message = `must be after start_time (${formatTime(from)})`;
  throw new RefusedError(422, `end_time: ${message}`, [{ path: "end_time", message }]);
}

/** The schema has checked it. */
export function timeAt(text: string): Micros {
  const time = parseTime(text);
  if (time === undefined) throw new RefusedError(400, `expected an RFC 3339 time, got ${text}`);
  return time;
}
