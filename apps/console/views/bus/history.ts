import { useRef } from "preact/hooks";
import type { Bus } from "./layout.ts";

const KEPT = 60;

/** Each queue's depth at the last answers, since the view was opened. */
export function useHistory(bus: Bus | undefined): ReadonlyMap<string, readonly number[]> {
  const depths = useRef(new Map<string, number[]>());
  const last = useRef<Bus>(undefined);
  if (bus && bus !== last.current) {
    last.current = bus;
    for (const { name, ready } of bus.queues) {
      depths.current.set(name, [...(depths.current.get(name) ?? []), ready].slice(-KEPT));
    }
  }
  return depths.current;
}
