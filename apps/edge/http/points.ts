import type { Clock } from "../../../layers/core/clock.ts";
import { RefusedError } from "../../../layers/core/errors.ts";
import { parseJson } from "../../../layers/core/json.ts";
import type { MetricTerms } from "../../../layers/core/known-metrics.ts";
import { isObject } from "../../../layers/core/log-fields.ts";
import { checkPoint, deviceIdSchema, POINT_LIMITS, type Point } from "../../../layers/core/measurement.ts";
import { readOtlpMetrics } from "../../../layers/core/otlp/metrics.ts";
import { exportResultOf } from "../../../layers/core/otlp/rejection.ts";
import { refuseProtobufType } from "../../../layers/core/otlp/status.ts";
import {
  type CheckedBatch,
  checkBatch,
  malformed,
  refuseEmpty,
  resultOf,
} from "../../../layers/core/point-batch.ts";
import { RETENTION_DAYS } from "../../../layers/core/retention.ts";
import { formatTime } from "../../../layers/core/time.ts";
import type { MetricEntry, Sink } from "../entries.ts";
import { expectJson, type Incoming } from "./logs.ts";
import type { Reply } from "./reply.ts";

/** What is defined, and how long each is kept, the platform alone knows: here goes what could be taken at all. */
const anyMetric: MetricTerms = {
  faultIn: () => undefined,
  retentionOf: () => ({ days: RETENTION_DAYS.max, since: 0 }),
};

export interface IngestPoints {
  /** OTLP. */
  export(incoming: Incoming): Promise<Reply>;
  single(incoming: Incoming, deviceId: string): Promise<Reply>;
  batch(incoming: Incoming, deviceId: string): Promise<Reply>;
  bulk(incoming: Incoming): Promise<Reply>;
}

export function createIngestPoints(sink: Sink<MetricEntry>, clock: Clock): IngestPoints {
  const append = (points: readonly Point[]) => sink.append(points.map(entryOf));
  const bodyOf = ({ raw, contentType }: Incoming): unknown => {
    expectJson(contentType);
    return parseJson(raw);
  };

  return {
    async export({ raw, contentType }) {
      refuseProtobufType(contentType);
      expectJson(contentType);
      const { points, rejected } = readOtlpMetrics(parseJson(raw), clock.now(), anyMetric);
      await append(points);
      return { status: 200, body: exportResultOf(rejected, "rejectedDataPoints") };
    },

    async single(incoming, deviceId) {
      expectDevice(deviceId);
      const context = { deviceId, now: clock.now(), path: "", metrics: anyMetric };
      const { point, ...refused } = checkPoint(bodyOf(incoming), context);
      refuseEmpty({
        accepted: point ? [{ point, index: 0 }] : [],
        faults: [],
        total: 1,
        impossible: false,
        ...refused,
      });
      await append(point ? [point] : []);
      const message = "Data point ingested successfully";
      const body = { success: true, message, device_id: deviceId, metric_name: point?.metricName };
      return { status: 200, body };
    },

    async batch(incoming, deviceId) {
      expectDevice(deviceId);
      const body = bodyOf(incoming);
      const points = isObject(body) ? body.data_points : undefined;
      const batch = checkBatch(points, {
        deviceId,
        now: clock.now(),
        path: "data_points",
        metrics: anyMetric,
      });
      refuseEmpty(batch);
      await append(batch.accepted.map(({ point }) => point));
      return { status: 200, body: resultOf(batch) };
    },

    async bulk(incoming) {
      const body = bodyOf(incoming);
      if (!isObject(body) || Object.keys(body).length === 0)
        throw malformed("", "expected at least one device");
      const batches = Object.entries(body).map(
        ([deviceId, points]) => [deviceId, checkDevice(deviceId, points, clock.now())] as const,
      );
      const all = sum(batches.map(([, batch]) => batch));
      refuseEmpty(all);
      await append(all.accepted.map(({ point }) => point));
      const { errors: _, ...counts } = resultOf(all);
      const results = Object.fromEntries(batches.map(([deviceId, batch]) => [deviceId, resultOf(batch)]));
      return { status: 200, body: { ...counts, results } };
    },
  };
}

/** What is wrong with one device is reported under it. */
function checkDevice(deviceId: string, points: unknown, now: number): CheckedBatch {
  try {
    expectDevice(deviceId);
    return checkBatch(points, { deviceId, now, path: deviceId, metrics: anyMetric });
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const total = Array.isArray(points) ? points.length : 0;
    return { accepted: [], faults: [...error.faults], total, impossible: false };
  }
}

/** @throws {RefusedError} 400 more points than one request may hold */
function sum(batches: readonly CheckedBatch[]): CheckedBatch {
  const total = batches.reduce((count, batch) => count + batch.total, 0);
  if (total > POINT_LIMITS.pointsPerBulk) {
    throw malformed("", `expected at most ${POINT_LIMITS.pointsPerBulk} data points, got ${total}`);
  }
  return {
    accepted: batches.flatMap(({ accepted }) => accepted),
    faults: batches.flatMap(({ faults }) => faults),
    total,
    impossible: batches.every(({ impossible }) => impossible),
  };
}

/** @throws {RefusedError} 400 */
function expectDevice(deviceId: string): void {
  const message = deviceIdSchema.safeParse(deviceId).error?.issues[0]?.message;
  if (message) throw malformed("device_id", message);
}

const entryOf = ({ deviceId, time, metricName, value, unit, tags, metadata }: Point): MetricEntry => ({
  device_id: deviceId,
  timestamp: formatTime(time),
  metric_name: metricName,
  value,
  unit,
  tags,
  metadata,
});
