import { MICROS_PER_SECOND, type Micros } from "./time.ts";

export const RETENTION_DAYS = { min: 1, max: 3_650, default: 90 } as const;

/**
 * How much later than it was decided another retention begins, in microseconds. Points may be dated 15 minutes ahead,
 * and whoever takes them learns of a change within seconds: by then all know of it, and of no time that it holds for
 * there is a point yet that was stored as it was before.
 */
export const RETENTION_LEAD: Micros = 16 * 60 * MICROS_PER_SECOND;

/** How long the points of a metric are kept. */
export interface Retention {
  /** 1 to 3,650: points are answered until they are so old, to the microsecond. */
  days: number;
  /** Points of a time before it stay with what held then. 0: it was never otherwise. */
  since: Micros;
}

export const DEFAULT_RETENTION: Retention = { days: RETENTION_DAYS.default, since: 0 };
