import type { DetailedHealth } from "../answers.ts";
import { Trouble } from "./trouble.ts";

/** Above this a person notices, and the specification of the bus calls it high. */
const HIGH_MS = 100;
/** Fewer than this a consumer works off within a second or two. */
const BEHIND = 1_000;

/**
 * How long events take from their own time to their effect. That alone says little, since one that was sent late
 * is late from the start; with a queue that fills it means that a consumer does not keep up.
 */
export function checkLatency({ performance, queues }: DetailedHealth): string {
  const p95 = performance.event_processing_p95_ms;
  const took = p95 === null ? "no events within the hour" : `p95 ${Math.ceil(p95)} ms from an event's time`;
  const behind = queues.filter(({ ready, consumers }) => ready >= BEHIND && consumers > 0);
  if (behind.length > 0) {
    throw new Trouble(
      `${took}; behind: ${behind.map(({ queue, ready }) => `${queue} (${ready} ready)`).join(", ")}`,
      "look at the load of broker and database and at the log of the queue's consumer; points need more partitions",
    );
  }
  return p95 !== null && p95 > HIGH_MS ? `${took}; no queue is behind, so they were sent late` : took;
}
