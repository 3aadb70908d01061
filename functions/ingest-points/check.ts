import { type Fault, RefusedError } from "../../layers/core/errors.ts";
import { deviceIdSchema } from "../../layers/core/measurement.ts";
import { microsOf } from "../../layers/core/time.ts";
import { DELETED_DEVICE, type IsDeleted } from "../../layers/lambda/deleted-devices.ts";
import { forbidden, type Limits, mayUseDevice, NOT_YOUR_DEVICE } from "../../layers/lambda/limits.ts";

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
