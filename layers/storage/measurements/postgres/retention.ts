import { MICROS_PER_DAY, type Micros } from "../../../core/time.ts";

/** The time before which points of this class have expired. A class is named after its days. */
export const oldestOf = (retentionClass: number, now: Micros): Micros =>
  now - retentionClass * MICROS_PER_DAY;

/**
 * No point is further ahead of the clock. The door lets 15 minutes pass; what came around it and is a year ahead
 * would live a year too long.
 */
export const newestAt = (now: Micros): Micros => now + MICROS_PER_DAY;
