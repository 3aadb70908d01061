import { useRef } from "preact/hooks";
import type { Alert } from "./alert.ts";

export interface Held {
  rows: readonly Alert[];
  /** How many came that are not shown yet. */
  waiting: number;
}

/**
 * Rows that stay where they are while somebody points at them or has picked some: each shows how it is now, and what
 * is new waits.
 */
export function useHeld(
  latest: readonly Alert[],
  { held, changed }: { held: boolean; changed: ReadonlyMap<string, Alert> },
): Held {
  const shown = useRef(latest);
  const now = new Map(latest.map((alert) => [alert.alert_id, alert]));
  if (!held || shown.current.length === 0) {
    shown.current = latest;
    return { rows: latest, waiting: 0 };
  }
  const rows = shown.current.map((alert) => now.get(alert.alert_id) ?? changed.get(alert.alert_id) ?? alert);
  const known = new Set(rows.map(({ alert_id }) => alert_id));
  shown.current = rows;
  return { rows, waiting: latest.filter(({ alert_id }) => !known.has(alert_id)).length };
}
