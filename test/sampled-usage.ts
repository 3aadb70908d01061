import type { Event } from "../layers/core/envelope.ts";
import type { Random } from "./faults/random.ts";
import { at } from "./points.ts";

// Events that usage is counted of, as thousands of senders write them.

const HOUR = 3_600_000;

/** An event, by what it is counted as. */
export interface Sent {
  id: string;
  source: string;
  type: string;
  ms: number;
  vendor?: string;
  tier?: string;
  endpoint?: string;
  cacheHit?: boolean;
  status?: number;
  durationMs?: number;
}

const vendors = ["openai", "anthropic", "mistral", undefined];
const tiers = ["Tier_1", "Tier_2", undefined];
const endpoints = ["/models", "/models/{id}", "/filters", undefined];
const types = [
  "model.registered",
  "model.updated",
  "model.queried",
  "filter.executed",
  "api.latency",
  "api.error",
];

/** The latest of them in the coming day, the earliest 70 hours ago. */
export function sampledUsage(random: Random, count: number): Sent[] {
  const now = Date.now();
  return Array.from({ length: count }, (_, i) => sample(random, i, now));
}

function sample(random: Random, i: number, now: number): Sent {
  const maybe = <Item>(items: readonly Item[]) => items[random.below(items.length)];
  const type = random.pick(types);
  const status = maybe([200, 200, 200, 404, 500, 503, undefined]);
  const called = type === "api.latency" || type === "model.queried" || type === "filter.executed";
  return {
    // Two applications may use the same id.
    id: `e${i >> 1}`,
    source: `/accounting/${i % 2}`,
    type,
    ms: i % 50 === 0 ? now + random.below(20 * HOUR) : now - random.below(70 * HOUR),
    ...(type.startsWith("api.") ? {} : { vendor: maybe(vendors), tier: maybe(tiers) }),
    ...(type === "model.registered" && { vendor: maybe(vendors.slice(0, 3)) }),
    ...((called || type === "api.error") && { endpoint: maybe(endpoints), status }),
    ...(called && type !== "api.latency" && { cacheHit: maybe([true, true, false, undefined]) }),
    ...(type === "api.latency" && { durationMs: random.between(1, 10 ** random.between(1, 5)) / 10 }),
  };
}

/** As different senders write it. */
export function eventOf({ id, source, type, ms, ...counted }: Sent): Event {
  const { vendor, tier, endpoint, cacheHit, status, durationMs } = counted;
  const data = id.endsWith("3")
    ? {
        ...{ vendor_id: vendor, capability_tier: tier, path: endpoint },
        metadata: { response_code: status, cache_hit: cacheHit },
      }
    : { vendor, tier, endpoint, status, cache_hit: cacheHit };
  const message = type === "api.error" ? "boom" : undefined;
  return {
    specversion: "1.0",
    ...{ id, source, type, time: at(ms), correlation_id: "accounting" },
    data: { ...data, model_id: "m", duration_ms: durationMs, message },
  };
}
