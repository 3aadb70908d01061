import type { QueueDepth } from "../../layers/broker/depths.ts";

export interface Growth {
  /** Between the two samples. */
  seconds: number;
  /** By queue: messages per second, negative while it empties. */
  perSecond: ReadonlyMap<string, number>;
}

/** Between samples that lie closer together a single message would look like a flood. */
const CLOSEST_MS = 1_000;

/**
 * Takes a sample and tells how queues have grown since the one before.
 *
 * @returns of the function: undefined while there is one sample
 */
export function createGrowth(): (now: number, depths: readonly QueueDepth[]) => Growth | undefined {
  let before: { at: number; ready: ReadonlyMap<string, number> } | undefined;
  let growth: Growth | undefined;

  return (now, depths) => {
    const elapsedMs = now - (before?.at ?? now);
    if (before && elapsedMs < CLOSEST_MS) return growth;
    const ready = new Map(depths.map((depth) => [depth.queue, depth.ready]));
    if (before) growth = growthBetween(before.ready, ready, elapsedMs / 1_000);
    before = { at: now, ready };
    return growth;
  };
}

function growthBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  seconds: number,
): Growth {
  const perSecond = [...after].flatMap(([queue, ready]): [string, number][] => {
    const earlier = before.get(queue);
    return earlier === undefined ? [] : [[queue, (ready - earlier) / seconds]];
  });
  return { seconds, perSecond: new Map(perSecond) };
}
