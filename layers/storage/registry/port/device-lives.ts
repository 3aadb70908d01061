import type { Micros } from "../../../core/time.ts";
import type { Deed, Tell } from "./alerts.ts";

/** When a device was last registered and last deleted. */
export interface DeviceLife {
  deviceId: string;
  registeredAt?: Micros;
  deletedAt: Micros;
}

export interface Erasure {
  deviceId: string;
  deletedAt: Micros;
  /** Points accepted before are to go: all until now, unless the device was registered again. */
  before: Micros;
  /** When the deletion came to be known. */
  since: Micros;
}

/**
 * By the events' own times: whatever order they come in, and however often, the outcome is the same. At one time the
 * deletion wins.
 */
export interface DeviceLives {
  /** @returns whether the device lives: it was not deleted since */
  registered(deviceId: string, at: Micros): Promise<boolean>;
  /**
   * Notes the deletion. If the device was not registered since: its open alerts resolve, with their events in the
   * outbox by the same commit; what rules remember of it goes; it leaves groups, and rules that name it. A rule that
   * names no other is turned off, since without a device it would be for all of them.
   *
   * @param knownAt the clock @returns whether it is deleted now
   */
  deleted(
    deviceId: string,
    at: Micros,
    knownAt: Micros,
    closing: { deed: Deed; tell: Tell },
  ): Promise<boolean>;
  /** Of devices that were ever deleted: what changed after this serial, oldest first; 0 asks for all. */
  changedSince(serial: number): Promise<{ lives: DeviceLife[]; serial: number }>;
  /** Devices whose points are to be erased, the oldest first. */
  erasing(now: Micros, limit: number): Promise<Erasure[]>;
  /** Nothing is left to erase of this deletion; a later one stays. */
  erased(erasure: Erasure): Promise<void>;
}

/** Whether a point that was accepted then is to be dropped: the device was deleted since, or was not there. */
export const isDead = ({ registeredAt, deletedAt }: DeviceLife, acceptedAt: Micros): boolean =>
  acceptedAt <= deletedAt || registeredAt === undefined || registeredAt <= deletedAt;
