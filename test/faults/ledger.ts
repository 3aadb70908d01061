import type { Value } from "../../layers/core/measurement.ts";
import type { Micros } from "../../layers/core/time.ts";

/** What usage counts an event under, said by whoever sent it; what is left out is not said. */
export interface Labels {
  type: string;
  vendor?: string;
  tier?: string;
  endpoint?: string;
  cache?: "hit" | "miss";
  outcome?: "ok" | "error";
}

export interface SentEvent {
  source: string;
  id: string;
  labels: Labels;
  /** Of an `api.latency`. */
  durationMs?: number;
}

export interface SentPoint {
  deviceId: string;
  metricName: string;
  time: Micros;
  value: Value;
}

/** What was acknowledged to a client, kept apart from the platform: what its stores are held against. */
export class Ledger {
  readonly points = new Map<string, SentPoint>();
  readonly events = new Map<string, SentEvent>();
  /** Message ids of what is neither: it can only become a dead letter. */
  readonly garbage = new Set<string>();

  get size(): number {
    return this.points.size + this.events.size + this.garbage.size;
  }

  /** A point in the place of one with its key is an upsert: the later call's stays. */
  add(sent: { points?: readonly SentPoint[]; events?: readonly SentEvent[] }): void {
    for (const point of sent.points ?? []) this.points.set(pointKey(point), point);
    for (const event of sent.events ?? []) this.events.set(eventKey(event), event);
  }

  /** What is left when these points and events are taken away. */
  without(keys: ReadonlySet<string>): Ledger {
    const left = new Ledger();
    for (const [key, point] of this.points) if (!keys.has(key)) left.points.set(key, point);
    for (const [key, event] of this.events) if (!keys.has(key)) left.events.set(key, event);
    return left;
  }
}

export const pointKey = ({ deviceId, metricName, time }: Omit<SentPoint, "value">): string =>
  `${deviceId} ${metricName} ${time}`;

export const eventKey = ({ source, id }: Pick<SentEvent, "source" | "id">): string => `${source} ${id}`;
