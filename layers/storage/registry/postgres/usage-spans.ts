import { MICROS_PER_SECOND, type Micros } from "../../../core/time.ts";
import type { UsageRange } from "../port.ts";

// Usage is kept per minute, hour and day at once. A range is read as the days that lie wholly within it, the
// hours at its two ends that do, and the minutes that are left: never more than five parts, and never more than
// 118 minutes and 46 hours of them.

/** In minutes, shortest first. */
export const spans = [1, 60, 1_440] as const;
export const HOUR = 60;

/** Start and end in minutes since the epoch, both multiples of the span; the end is exclusive. */
export interface RangePart {
  span: number;
  start: number;
  end: number;
}

const MICROS_PER_MINUTE = 60 * MICROS_PER_SECOND;

export const minuteOf = (time: Micros): number => Math.floor(time / MICROS_PER_MINUTE);
export const startOf = (minute: number): Micros => minute * MICROS_PER_MINUTE;

/** @param longest no part has a longer span than this; for a result per hour */
export function partsOf({ from, to }: UsageRange, longest = Math.max(...spans)): RangePart[] {
  const usable = spans.filter((span) => span <= longest);
  return split(Math.ceil(from / MICROS_PER_MINUTE), Math.ceil(to / MICROS_PER_MINUTE), usable);
}

function split(start: number, end: number, usable: readonly number[]): RangePart[] {
  const span = usable.at(-1);
  if (span === undefined || start >= end) return [];
  const shorter = usable.slice(0, -1);
  const firstWhole = Math.ceil(start / span) * span;
  const lastWhole = Math.floor(end / span) * span;
  if (firstWhole >= lastWhole) return split(start, end, shorter);
  return [
    ...split(start, firstWhole, shorter),
    { span, start: firstWhole, end: lastWhole },
    ...split(lastWhole, end, shorter),
  ];
}
