import type { Clock } from "../core/clock.ts";
import { UnavailableError } from "../core/errors.ts";
import type { Micros } from "../core/time.ts";
import { type DeviceLife, type DeviceLives, isDead } from "../storage/registry/port/device-lives.ts";

/** A deletion is seen within this time. */
const FRESH_MS = 1_000;
/** Who takes points waits for it no longer than this, and no more often once it was in vain. */
const PATIENCE_MS = 500;
const ASK_AGAIN_MS = 5_000;

/** What a fault says of a device that was deleted. */
export const DELETED_DEVICE = "this device was deleted; it may report again once it is registered";

/** Tells the dead from the living, a device and the moment at which its point was accepted. */
export type IsDeleted = (deviceId: string, acceptedAt: Micros) => boolean;

export interface DeletedDevices {
  /** As it was at most a second ago. @throws {UnavailableError} */
  current(): Promise<IsDeleted>;
  /**
   * For whoever takes points, and takes them also while the database is away: as it was when it was last there.
   * Consumers drop what slips through.
   */
  known(): Promise<IsDeleted>;
}

/** A copy of who was ever deleted. Once a second, and only if somebody asks, it asks what has changed. */
export function createDeletedDevices(lives: Pick<DeviceLives, "changedSince">, clock: Clock): DeletedDevices {
  const deleted = new Map<string, DeviceLife>();
  let serial = 0;
  let readAt = Number.NEGATIVE_INFINITY;
  let askAgainAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const at = clock.now();
    const changed = await lives.changedSince(serial);
    for (const life of changed.lives) deleted.set(life.deviceId, life);
    serial = changed.serial;
    readAt = at;
  }

  const isDeleted: IsDeleted = (deviceId, acceptedAt) => {
    const life = deleted.get(deviceId);
    return life !== undefined && isDead(life, acceptedAt);
  };

  async function current(): Promise<IsDeleted> {
    const age = clock.now() - readAt;
    if (age >= 0 && age < FRESH_MS) return isDeleted;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    await reading;
    return isDeleted;
  }

  return {
    current,
    async known() {
      if (clock.now() < askAgainAt && clock.now() >= askAgainAt - ASK_AGAIN_MS) return isDeleted;
      if (!(await isSettledIn(current(), PATIENCE_MS))) askAgainAt = clock.now() + ASK_AGAIN_MS;
      return isDeleted;
    },
  };
}

/** @returns whether it was in time; what is the store's fault is as good as late */
async function isSettledIn(asked: Promise<unknown>, patienceMs: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), patienceMs);
  const answered = asked.then(
    () => true,
    (error: unknown) => {
      if (error instanceof UnavailableError) return false;
      throw error;
    },
  );
  return Promise.race([answered, late.promise]).finally(() => clearTimeout(timer));
}
