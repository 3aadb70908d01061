import { MICROS_PER_DAY, type Micros } from "../../layers/core/time.ts";
import type { Usage } from "../../layers/storage/registry/port.ts";

export interface Calls {
  /** Milliseconds; 0 without calls. */
  averageMs: number;
  /** 0 to 1: errors of all that said how they ended; 0 without any. */
  errorRate: number;
}

/** How calls to the API fared within the last 24 hours, as events tell it (see `/metrics`). */
export async function recentCalls(usage: Usage, now: Micros): Promise<Calls> {
  const range = { from: now + 1 - MICROS_PER_DAY, to: now + 1 };
  const [durations, counts] = await Promise.all([usage.durations(range), usage.counts(range)]);
  const calls = durations.filter(({ measure }) => measure === "api");
  const ended = counts.filter(({ outcome }) => outcome !== "");
  return {
    averageMs: ratio(sumOf(calls.map(({ sumMs }) => sumMs)), sumOf(calls.map(({ count }) => count))),
    errorRate: ratio(
      sumOf(ended.filter(({ outcome }) => outcome === "error").map(({ count }) => count)),
      sumOf(ended.map(({ count }) => count)),
    ),
  };
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
