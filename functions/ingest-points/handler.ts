import { createHash } from "node:crypto";
import { encodedMessage } from "../../layers/broker/message.ts";
import type { Kept, SpoolingBus } from "../../layers/broker/spooling-bus.ts";
import { RefusedError } from "../../layers/core/errors.ts";
import { newEventId } from "../../layers/core/ids.ts";
import { parseJson } from "../../layers/core/json.ts";
import type { KnownMetrics } from "../../layers/core/known-metrics.ts";
import { decompressLz4 } from "../../layers/core/lz4.ts";
import { checkPoint, POINT_LIMITS } from "../../layers/core/measurement.ts";
import {
  type Acceptance,
  type AcceptedPoint,
  encodeMeasurements,
} from "../../layers/core/measurement-event.ts";
import { readOtlpMetrics } from "../../layers/core/otlp/metrics.ts";
import {
  type CheckedBatch,
  checkBatch,
  malformed,
  refuseEmpty,
  resultOf,
} from "../../layers/core/point-batch.ts";
import { createDefinitionsCache, type DefinitionsCache } from "../../layers/lambda/definitions.ts";
import {
  createDeletedDevices,
  type DeletedDevices,
  type IsDeleted,
} from "../../layers/lambda/deleted-devices.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers, Request } from "../../layers/lambda/operation.ts";
import { otlpReply, refuseProtobuf, withRpcStatus } from "../../layers/lambda/otlp.ts";
import { queuedAs } from "../../layers/lambda/queued.ts";
import { gunzipLimited, MAX_BODY_BYTES } from "../../layers/lambda/request.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { faultOfDeleted, faultOfDevice, refuseDeleted, refuseOthers } from "./check.ts";
import { acceptedPoints, livingPoints, ownPoints } from "./export.ts";
import { operations } from "./schema.ts";

export type IngestDependencies = HttpDependencies &
  Pick<Dependencies, "spoolingBus"> & {
    registry: Pick<Dependencies["registry"], "definitions" | "deviceLives">;
    /** What the store of measurements takes of a point. @default no limit */
    mostPointBytes?: number;
  };

export function createHandler(dependencies: IngestDependencies): HttpHandler {
  const routes = routesOf(rowOf("ingest-points"));
  const { spoolingBus, registry, clock, mostPointBytes } = dependencies;
  const deleted = createDeletedDevices(registry.deviceLives, clock);
  const definitions = createDefinitionsCache(registry.definitions, clock, mostPointBytes);
  const handlers = handlersOf(spoolingBus, definitions, deleted);
  return withRpcStatus(createHttpHandler({ ...dependencies, routes, operations, handlers }), ["/v1/metrics"]);
}

function handlersOf(
  bus: SpoolingBus,
  definitions: DefinitionsCache,
  deleted: DeletedDevices,
): OperationHandlers<typeof operations> {
  const way = { bus, definitions };
  return {
    async ingestPoint(request) {
      const { device_id: deviceId } = request.params;
      refuseDeleted(deviceId, request.now, await deleted.known());
      const context = { deviceId, now: request.now, path: "", metrics: await definitions.current() };
      const { point, ...refused } = checkPoint(request.body, context);
      const accepted = point ? [{ point, index: 0 }] : [];
      refuseEmpty({ accepted, faults: [], total: 1, impossible: false, ...refused });
      const kept = await publish(way, accepted, request, deviceId);
      return {
        body: {
          success: true,
          message: "Data point ingested successfully",
          device_id: deviceId,
          metric_name: point?.metricName,
          queued: queuedAs(kept),
        },
      };
    },

    async ingestBatch(request) {
      const { device_id: deviceId } = request.params;
      const { data_points, compression, batch_id } = request.body;
      refuseDeleted(deviceId, request.now, await deleted.known());
      const points = await decompress(data_points, compression);
      const metrics = await definitions.current();
      const batch = checkBatch(points, { deviceId, now: request.now, path: "data_points", metrics });
      refuseEmpty(batch);
      const kept = await publish(way, batch.accepted, request, deviceId, batch_id);
      return { body: { ...resultOf(batch), queued: queuedAs(kept) } };
    },

    async ingestBulk(request) {
      refuseOthers(Object.keys(request.body), request.caller);
      const { now, caller } = request;
      const by = { now, caller, isDeleted: await deleted.known() };
      const batches = checkDevices(request.body, by, await definitions.current());
      const all = [...batches.values()];
      const together: CheckedBatch = {
        accepted: all.flatMap(({ accepted }) => accepted),
        faults: all.flatMap(({ faults }) => faults),
        total: all.reduce((sum, { total }) => sum + total, 0),
        impossible: all.every(({ impossible }) => impossible),
      };
      refuseEmpty(together);
      const kept = await publish(way, together.accepted, request, "");
      const results = Object.fromEntries(
        [...batches].map(([deviceId, batch]) => [deviceId, resultOf(batch)]),
      );
      const { errors: _, ...counts } = resultOf(together);
      return { body: { ...counts, results, queued: queuedAs(kept) } };
    },

    async exportMetrics(request) {
      refuseProtobuf(request);
      const read = readOtlpMetrics(parseJson(request.raw), request.now, await definitions.current());
      const own = ownPoints(read, request.caller);
      const { points, rejected } = livingPoints(own, request.now, await deleted.known());
      if (points.length > 0) await publish(way, acceptedPoints(points), request, "");
      return otlpReply(rejected, "rejectedDataPoints");
    },
  };
}

interface DeviceContext extends Pick<Request, "now" | "caller"> {
  isDeleted: IsDeleted;
}

/** @throws {RefusedError} 400 too many points; what is wrong with one device is reported under it */
function checkDevices(
  body: Record<string, unknown>,
  by: DeviceContext,
  metrics: KnownMetrics,
): Map<string, CheckedBatch> {
  const batches = new Map<string, CheckedBatch>();
  for (const [deviceId, points] of Object.entries(body))
    batches.set(deviceId, checkDevice(deviceId, points, by, metrics));
  if (batches.size === 0) throw malformed("", "expected at least one device");
  const total = [...batches.values()].reduce((sum, batch) => sum + batch.total, 0);
  if (total > POINT_LIMITS.pointsPerBulk) {
    throw malformed("", `expected at most ${POINT_LIMITS.pointsPerBulk} data points, got ${total}`);
  }
  return batches;
}

function checkDevice(
  deviceId: string,
  points: unknown,
  { now, caller, isDeleted }: DeviceContext,
  metrics: KnownMetrics,
): CheckedBatch {
  const total = Array.isArray(points) ? points.length : 0;
  const fault = faultOfDevice(deviceId, caller);
  if (fault) return { accepted: [], faults: [fault], total, impossible: false };
  const dead = faultOfDeleted(deviceId, now, isDeleted);
  if (dead) return { accepted: [], faults: [dead], total, impossible: true };
  try {
    return checkBatch(points, { deviceId, now, path: deviceId, metrics });
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { accepted: [], faults: [...error.faults], total, impossible: false };
  }
}

async function decompress(
  points: unknown[] | string,
  compression: "gzip" | "lz4" | null | undefined,
): Promise<unknown> {
  if (!compression) {
    if (typeof points === "string") throw malformed("data_points", "text needs compression: gzip or lz4");
    return points;
  }
  if (typeof points !== "string")
    throw malformed("data_points", "expected base64 text, since compression is given");
  const compressed = Buffer.from(points, "base64");
  const json =
    compression === "gzip"
      ? await gunzipLimited(compressed, "data_points")
      : decompressLz4(compressed, MAX_BODY_BYTES);
  return parseJson(json);
}

/** Resolves once every message is confirmed, or spooled: that is the promise. */
async function publish(
  { bus, definitions }: { bus: SpoolingBus; definitions: DefinitionsCache },
  points: AcceptedPoint[],
  request: Request,
  deviceId: string,
  batchId?: string | null,
): Promise<Kept> {
  const key = batchId ?? request.headers["idempotency-key"];
  const requestKey = key === undefined ? newEventId() : idempotentKey(key, points, request, deviceId);
  const acceptance: Acceptance = {
    acceptedMs: request.now,
    source: "/telemetry/ingest",
    correlationId: request.headers["x-correlation-id"] ?? request.requestId,
    messageId: (partition, part) => `${requestKey}.${partition}.${part}`,
    idempotent: key !== undefined,
    definitions: definitions.revision,
    userId: request.caller.keyId,
  };
  return bus.publish(encodeMeasurements(points, acceptance).map(encodedMessage));
}

/**
 * The same for a repeat by the same caller with the same content of which the same points are accepted: consumers
 * pass over it. (A point that was ahead of the clock at first and is accepted later makes it another request.)
 */
function idempotentKey(
  key: string,
  points: readonly AcceptedPoint[],
  request: Request,
  deviceId: string,
): string {
  const accepted = points.map(({ point, index }) => `${point.deviceId}[${index}]`);
  const hash = createHash("sha256").update(JSON.stringify([request.caller.keyId, deviceId, key, accepted]));
  return hash.update(request.raw).digest("base64url").slice(0, 32);
}
