import { describe } from "../envelope.ts";
import type { Fault } from "../errors.ts";

/** What was left out of a request that was otherwise taken: OTLP's `partial_success`. */
export interface Rejected {
  /** How many log records or data points. */
  count: number;
  faults: Fault[];
}

const SHOWN = 5;

/** For whoever reads the exporter's log: OTLP has one text for all that was refused. */
export function messageOf({ count, faults }: Rejected): string {
  const shown = describe(faults.slice(0, SHOWN));
  return faults.length > SHOWN ? `${shown}; and more: ${count} refused in all` : shown;
}

export type RejectedItems = "rejectedLogRecords" | "rejectedDataPoints";

/** The answer to an export: of what was left out the number, under its name, and why. */
export function exportResultOf(rejected: Rejected, name: RejectedItems): object {
  if (rejected.count === 0) return {};
  // Protobuf's JSON writes 64-bit integers as text.
  return { partialSuccess: { [name]: String(rejected.count), errorMessage: messageOf(rejected) } };
}
