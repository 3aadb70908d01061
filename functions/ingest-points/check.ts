import { describe } from "../../layers/core/envelope.ts";
import { type Fault, RefusedError } from "../../layers/core/errors.ts";
import type { KnownMetrics } from "../../layers/core/known-metrics.ts";
import { checkPoint, deviceIdSchema, POINT_LIMITS } from "../../layers/core/measurement.ts";
import type { AcceptedPoint } from "../../layers/core/measurement-event.ts";
import { microsOf } from "../../layers/core/time.ts";
import { DELETED_DEVICE, type IsDeleted } from "../../layers/lambda/deleted-devices.ts";
import { forbidden, type Limits, mayUseDevice, NOT_YOUR_DEVICE } from "../../layers/lambda/limits.ts";
import type { BatchResult } from "./schema.ts";

/** The good points of one device, and what is wrong with the others. */
export interface CheckedBatch {
  accepted: AcceptedPoint[];
  faults: BatchResult["errors"];
  total: number;
  /** All that was refused was well-formed. */
  impossible: boolean;
}

export interface BatchContext {
  deviceId: string;
  now: number;
  /** Where the list stands in the request: `data_points`. */
  path: string;
  /** What is defined. */
  metrics: KnownMetrics;
}

/** @throws {RefusedError} 400 not a list, empty, or longer than a batch may be */
export function checkBatch(input: unknown, { deviceId, now, path, metrics }: BatchContext): CheckedBatch {
  if (!Array.isArray(input)) throw malformed(path, "expected an array of data points");
  if (input.length === 0) throw malformed(path, "expected at least one data point");
  if (input.length > POINT_LIMITS.pointsPerBatch) {
    throw malformed(path, `expected at most ${POINT_LIMITS.pointsPerBatch} data points, got ${input.length}`);
  }
  const batch: CheckedBatch = { accepted: [], faults: [], total: input.length, impossible: true };
  input.forEach((raw: unknown, index) => {
    const checked = checkPoint(raw, { deviceId, now, path: `${path}[${index}]`, metrics });
    if (checked.point) {
      batch.accepted.push({ point: checked.point, index });
      return;
    }
    batch.impossible &&= checked.impossible;
    for (const fault of checked.faults) batch.faults.push({ index, ...fault });
  });
  return batch;
}

/** @throws {RefusedError} 400, or 422 if every point was well-formed and impossible, when no point is left */
export function refuseEmpty({ accepted, faults, impossible }: CheckedBatch): void {
  if (accepted.length > 0) return;
  throw new RefusedError(
    impossible ? 422 : 400,
    `every data point was refused: ${describe(faults.slice(0, 3))}`,
    faults.map(({ path, message }) => ({ path, message })),
  );
}

export function faultOfDevice(deviceId: string, limits: Limits): Fault | undefined {
  const parsed = deviceIdSchema.safeParse(deviceId);
  const message = parsed.error?.issues[0]?.message;
  if (message) return { path: deviceId, message };
  return mayUseDevice(limits, deviceId) ? undefined : { path: deviceId, message: NOT_YOUR_DEVICE };
}

/** @param now milliseconds since the Unix epoch */
export function faultOfDeleted(deviceId: string, now: number, isDeleted: IsDeleted): Fault | undefined {
  return isDeleted(deviceId, microsOf(now)) ? { path: deviceId, message: DELETED_DEVICE } : undefined;
}

/** @throws {RefusedError} 422 */
export function refuseDeleted(deviceId: string, now: number, isDeleted: IsDeleted): void {
  const fault = faultOfDeleted(deviceId, now, isDeleted);
  if (fault) throw new RefusedError(422, `${deviceId}: ${fault.message}`, [{ ...fault, path: "device_id" }]);
}

/** Nothing of what is sent is the caller's to send: a mistake of configuration, and not of the data. @throws {RefusedError} 403 */
export function refuseOthers(deviceIds: readonly string[], limits: Limits): void {
  if (deviceIds.length === 0 || deviceIds.some((deviceId) => mayUseDevice(limits, deviceId))) return;
  throw forbidden("this credential is for none of these devices", "");
}

export function resultOf({ accepted, faults, total }: CheckedBatch): BatchResult {
  return {
    success: accepted.length === total,
    ingested_count: accepted.length,
    failed_count: total - accepted.length,
    total_count: total,
    errors: faults,
  };
}

export const malformed = (path: string, message: string): RefusedError =>
  new RefusedError(400, `${path}: ${message}`, [{ path, message }]);
