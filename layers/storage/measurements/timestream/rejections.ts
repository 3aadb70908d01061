import type { RejectedRecord } from "@aws-sdk/client-timestream-write";
import { PermanentError, type TelemetryError, UnavailableError } from "../../../core/errors.ts";
import type { StoredPoint } from "../../../core/measurement.ts";
import { MICROS_PER_SECOND, type Micros } from "../../../core/time.ts";
import { wireVersion } from "./record.ts";

/** How far a clock of ours may be ahead of Timestream's, which takes points of up to 15 minutes ahead of its own. */
const SKEW: Micros = 60 * MICROS_PER_SECOND;

export const MOST_AHEAD: Micros = 15 * 60 * MICROS_PER_SECOND;

/** No point is further ahead by any clock. */
export const newestAt = (now: Micros): Micros => now + MOST_AHEAD + SKEW;

/**
 * What Timestream's rejection of one record means ("RejectedRecord", Amazon Timestream API Reference).
 *
 * @returns `undefined` if all is well: what is stored already is newer, or as new and came first
 */
export function readRejection(
  { Reason = "no reason", ExistingVersion }: RejectedRecord,
  { deviceId, metricName, time, version }: Pick<StoredPoint, "deviceId" | "metricName" | "time" | "version">,
  now: Micros,
): TelemetryError | undefined {
  // As large as it may be, the client reads it as a bigint.
  if (ExistingVersion !== undefined && BigInt(ExistingVersion) >= BigInt(wireVersion(version)))
    return undefined;
  const message = `Timestream rejected a point of ${metricName} of ${deviceId}: ${Reason}`;
  if (time > now + MOST_AHEAD - SKEW) return new UnavailableError(message, { code: "store_unavailable" });
  return new PermanentError(message, { code: "data_refused" });
}
