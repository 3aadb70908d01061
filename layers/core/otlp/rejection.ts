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
