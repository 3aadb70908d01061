import { type Event, timeOf } from "../../layers/core/envelope.ts";
import type { Payload } from "../../layers/core/payloads.ts";
import { bucketOf } from "../../layers/core/sketch.ts";
import { alignDown, MICROS_PER_MS, MICROS_PER_SECOND, microsOf } from "../../layers/core/time.ts";
import type { UsageCount, UsageDuration, UsageIncrements } from "../../layers/storage/registry/port.ts";

const MINUTE = 60 * MICROS_PER_SECOND;

/** An event whose payload was read. */
export interface Counted {
  event: Event;
  payload: Payload;
}

/** What events add to the usage counters, summed by label. `now` in milliseconds. */
export function incrementsOf(events: readonly Counted[], now: number): UsageIncrements {
  const counts = new Map<string, UsageCount>();
  const durations = new Map<string, UsageDuration>();
  for (const { event, payload } of events) {
    addCount(counts, countOf(event, payload));
    for (const duration of durationsOf(event, payload, now)) addDuration(durations, duration);
  }
  return { counts: [...counts.values()], durations: [...durations.values()] };
}

function countOf(event: Event, payload: Payload): UsageCount {
  return {
    minute: alignDown(timeOf(event), MINUTE),
    type: event.type,
    vendor: text(payload.vendor),
    tier: text(payload.tier),
    endpoint: text(payload.endpoint),
    cache: payload.cache_hit === undefined ? "" : payload.cache_hit ? "hit" : "miss",
    outcome: outcomeOf(event, payload),
    count: 1,
  };
}

function outcomeOf({ type }: Event, { status }: Payload): UsageCount["outcome"] {
  if (type === "api.error") return "error";
  if (typeof status !== "number") return "";
  return status >= 500 ? "error" : "ok";
}

/** `api.latency` alone tells of calls, so that a call that also emits `model.queried` is measured once. */
function durationsOf(event: Event, payload: Payload, now: number): UsageDuration[] {
  const time = timeOf(event);
  const minute = alignDown(time, MINUTE);
  const processingMs = Math.max(0, (microsOf(now) - time) / MICROS_PER_MS);
  const durations = [duration(minute, "processing", "", processingMs)];
  if (event.type === "api.latency" && typeof payload.duration_ms === "number") {
    durations.push(duration(minute, "api", text(payload.endpoint), payload.duration_ms));
  }
  return durations;
}

function duration(
  minute: number,
  measure: UsageDuration["measure"],
  endpoint: string,
  ms: number,
): UsageDuration {
  return { minute, measure, endpoint, bucket: bucketOf(ms), count: 1, sumMs: ms };
}

function addCount(counts: Map<string, UsageCount>, added: UsageCount): void {
  const { minute, type, vendor, tier, endpoint, cache, outcome } = added;
  const key = JSON.stringify([minute, type, vendor, tier, endpoint, cache, outcome]);
  const known = counts.get(key);
  if (known) known.count++;
  else counts.set(key, added);
}

function addDuration(durations: Map<string, UsageDuration>, added: UsageDuration): void {
  const { minute, measure, endpoint, bucket } = added;
  const key = JSON.stringify([minute, measure, endpoint, bucket]);
  const known = durations.get(key);
  if (!known) {
    durations.set(key, added);
    return;
  }
  known.count++;
  known.sumMs += added.sumMs;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
