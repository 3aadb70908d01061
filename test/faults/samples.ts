import type { Event } from "../../layers/core/envelope.ts";
import { formatTime, microsOf } from "../../layers/core/time.ts";
import type { SentEvent, SentPoint } from "./ledger.ts";
import type { Random } from "./random.ts";

// Events and points for load, each with what it must come to, written down by hand and not derived from the
// platform's own code.

export interface SampleEvent {
  event: Event;
  sent: SentEvent;
}

type Sample = Pick<SampleEvent["event"], "type" | "data"> & Pick<SentEvent, "labels" | "durationMs">;

const SOURCE = "/faults";

export function sampleEvent(random: Random, given: { source?: string; id?: string; time?: string } = {}) {
  const { type, data, labels, durationMs } = random.pick(kinds)(random);
  const { source = SOURCE, id = crypto.randomUUID(), time = formatTime(microsOf(Date.now())) } = given;
  const event: Event = { specversion: "1.0", id, source, type, time, correlation_id: "load", data };
  return { event, sent: { source, id, labels, durationMs } } satisfies SampleEvent;
}

const vendors = ["acme", "globex", "initech"] as const;

const kinds: readonly ((random: Random) => Sample)[] = [
  (random) => {
    const vendor = random.pick(vendors);
    const type = "model.registered";
    return {
      type,
      data: { model_id: `m-${random.below(50)}`, vendor, tier: "a" },
      labels: { type, vendor, tier: "a" },
    };
  },
  (random) => {
    const hit = random.below(2) === 0;
    const type = "model.queried";
    const data = { model_id: "m-1", endpoint: "/models", status: 200, cache_hit: hit };
    return { type, data, labels: { type, endpoint: "/models", outcome: "ok", cache: hit ? "hit" : "miss" } };
  },
  () => ({ type: "filter.executed", data: {}, labels: { type: "filter.executed" } }),
  (random) => {
    const status = random.pick([200, 404, 503]);
    const durationMs = random.between(1, 500);
    const labels = { type: "api.latency", endpoint: "/x", outcome: status === 503 ? "error" : "ok" } as const;
    return {
      type: "api.latency",
      data: { duration_ms: durationMs, endpoint: "/x", status },
      labels,
      durationMs,
    };
  },
  () => ({ type: "api.error", data: { message: "boom" }, labels: { type: "api.error", outcome: "error" } }),
];

const DEVICES = 40;
const metrics = ["temperature", "state"] as const;
export const METRICS: readonly string[] = metrics;

/** Points of which no two have the same key, an hour old and younger. Two sources need two prefixes. */
export function pointSource(random: Random, prefix?: string): (deviceId?: string) => SentPoint {
  const begin = microsOf(Date.now() - 3_600_000);
  let count = 0;
  return (deviceId = deviceName(random, prefix)) => {
    const metricName = random.pick(metrics);
    const time = begin + count++;
    return { deviceId, metricName, time, value: metricName === "state" ? `state ${count}` : count / 8 };
  };
}

export const deviceName = (random: Random, prefix = "device"): string => `${prefix}-${random.below(DEVICES)}`;

/** As devices send it. */
export const rawPoint = ({ metricName, time, value }: SentPoint) => ({
  timestamp: formatTime(time),
  metric_name: metricName,
  value,
});
