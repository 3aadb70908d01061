import * as z from "zod";
import { RefusedError } from "../core/errors.ts";
import {
  formatTime,
  MICROS_PER_DAY,
  MICROS_PER_SECOND,
  type Micros,
  microsOf,
  parseTime,
} from "../core/time.ts";

// What all searches of logs and archived events take.

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;
const MAX_OFFSET = 10_000;
/** Senders' clocks may be ahead of ours by this much. */
const AHEAD = 15 * 60 * MICROS_PER_SECOND;

const time = z
  .string()
  .refine((text) => parseTime(text) !== undefined, "expected an RFC 3339 time with an offset")
  .meta({ format: "date-time" });

export const searchFields = {
  start_time: time.optional().describe("Inclusive. Else 24 hours before `end_time`, or before now"),
  end_time: time.optional().describe("Exclusive. Else now, and 15 minutes for clocks that are ahead"),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  offset: z.coerce
    .number()
    .int()
    .min(0)
    .max(MAX_OFFSET)
    .default(0)
    .describe("Deeper pages are reached by narrowing the time"),
} as const;

export interface SearchRange {
  from: Micros;
  to: Micros;
}

/** @throws {RefusedError} 422 a range that is empty */
export function rangeOf(query: { start_time?: string; end_time?: string }, now: number): SearchRange {
  const end = query.end_time === undefined ? undefined : parseTime(query.end_time);
  const start = query.start_time === undefined ? undefined : parseTime(query.start_time);
  const to = end ?? microsOf(now) + AHEAD;
  const from = start ?? (end ?? microsOf(now)) - MICROS_PER_DAY;
  if (from < to) return { from, to };
  const message = `must be after start_time (${formatTime(from)})`;
  throw new RefusedError(422, `end_time: ${message}`, [{ path: "end_time", message }]);
}

export const rangeAnswer = ({ from, to }: SearchRange) => ({
  start_time: formatTime(from),
  end_time: formatTime(to),
});
