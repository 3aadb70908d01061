import { RefusedError } from "../core/errors.ts";
import { matchesName } from "../core/name-pattern.ts";

/** Beside its scopes: what a caller is limited to, in patterns (see `matchesName`). Left out: no limit. */
export interface Limits {
  /** The devices whose measurements it may send and read. */
  devices?: readonly string[];
  /** The types of the events that it may send. */
  types?: readonly string[];
}

export const isLimited = ({ devices, types }: Limits): boolean =>
  devices !== undefined || types !== undefined;

export const mayUseDevice = ({ devices }: Limits, deviceId: string): boolean =>
  devices?.some((pattern) => matchesName(pattern, deviceId)) ?? true;

export const mayUseType = ({ types }: Limits, type: string): boolean =>
  types?.some((pattern) => matchesName(pattern, type)) ?? true;

/** What a fault says of a device that is not the caller's. */
export const NOT_YOUR_DEVICE = "this credential is not for this device";

/** @throws {RefusedError} 403 */
export function checkDevice(limits: Limits, deviceId: string): void {
  if (mayUseDevice(limits, deviceId)) return;
  throw forbidden(`${NOT_YOUR_DEVICE}: ${deviceId}`, "device_id");
}

/** @throws {RefusedError} 403 */
export function checkType(limits: Limits, type: string): void {
  if (mayUseType(limits, type)) return;
  throw forbidden(`this credential is not for events of type ${type}`, "type");
}

/** @param path where in the request it stands */
export const forbidden = (detail: string, path: string): RefusedError =>
  new RefusedError(403, detail, [{ path, message: "beyond what this credential is limited to" }], {
    code: "forbidden",
  });
