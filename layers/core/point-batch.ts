import { describe } from "./envelope.ts";
import { RefusedError } from "./errors.ts";
import type { MetricTerms } from "./known-metrics.ts";
import type { BatchResult, ItemFault } from "./log-batch.ts";
import { checkPoint, POINT_LIMITS } from "./measurement.ts";
import type { AcceptedPoint } from "./measurement-event.ts";

/** The good points of one device, and what is wrong with the others. */
export interface CheckedBatch {
  accepted: AcceptedPoint[];
  faults: ItemFault[];
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
  metrics: MetricTerms;
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
