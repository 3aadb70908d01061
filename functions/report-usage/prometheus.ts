import { levels } from "../../layers/core/alerting/alert-rule.ts";
import { quantileOf } from "../../layers/core/sketch.ts";
import { deadLetterStates, type Registry } from "../../layers/storage/registry/port.ts";
import { family, type Labels, type Sample } from "./exposition.ts";
import { type Counts, type Durations, sum } from "./report.ts";

// Counters, and the sums and counts of summaries, are of all time, so that Prometheus' own `rate` works on them; the
// quantiles of summaries are of the last 24 hours. Gauges are of now.

export interface Exposed {
  /** Of all time. */
  counts: Counts;
  durations: Durations;
  /** Durations of the last 24 hours. */
  recent: Durations;
  deadLetters: Awaited<ReturnType<Registry["deadLetters"]["counts"]>>;
  openAlerts: Awaited<ReturnType<Registry["alerts"]["openCounts"]>>;
}

export function prometheusText({ counts, durations, recent, deadLetters, openAlerts }: Exposed): string {
  return [
    ...family("telemetry_events_total", "counter", "Events counted, each once.", eventSamples(counts)),
    ...family(
      "telemetry_cache_lookups_total",
      "counter",
      "Cache look-ups told of by events.",
      cacheSamples(counts),
    ),
    ...summary(
      "telemetry_api_latency_seconds",
      "Duration of API calls; quantiles over the last 24 hours.",
      ofMeasure(durations, "api"),
      ofMeasure(recent, "api"),
    ),
    ...summary(
      "telemetry_event_processing_seconds",
      "From an event's time to its being counted; quantiles over the last 24 hours.",
      ofMeasure(durations, "processing"),
      ofMeasure(recent, "processing"),
    ),
    ...summary(
      "telemetry_chain_lookup_seconds",
      "Look-ups of causal chains; quantiles over the last 24 hours.",
      ofMeasure(durations, "chain"),
      ofMeasure(recent, "chain"),
    ),
    ...family(
      "telemetry_dead_letters",
      "gauge",
      "Dead letters by state; those that are dead wait for somebody.",
      deadLetterStates.map((state) => ({ labels: { state }, value: deadLetters[state] })),
    ),
    ...family("telemetry_alerts_open", "gauge", "Open alerts by level and status.", alertSamples(openAlerts)),
    "",
  ].join("\n");
}

const ofMeasure = (durations: Durations, measure: string) =>
  durations.filter((row) => row.measure === measure);

function eventSamples(counts: Counts): Sample[] {
  return merged(counts, ({ type, vendor, tier, endpoint, outcome }) => ({
    type,
    vendor,
    tier,
    endpoint,
    outcome,
  }));
}

function cacheSamples(counts: Counts): Sample[] {
  return merged(
    counts.filter(({ cache }) => cache !== ""),
    ({ cache }) => ({ result: cache }),
  );
}

/** Zeros too: what was never there is not told from what has gone. */
function alertSamples(open: Exposed["openAlerts"]): Sample[] {
  return levels.flatMap((level) =>
    (["active", "acknowledged"] as const).map((status) => {
      const found = open.find((counted) => counted.level === level && counted.status === status);
      return { labels: { level, status }, value: found?.count ?? 0 };
    }),
  );
}

function merged(counts: Counts, labelsOf: (count: Counts[number]) => Labels): Sample[] {
  const samples = new Map<string, Sample>();
  for (const count of counts) {
    const labels = labelsOf(count);
    const key = JSON.stringify(labels);
    const known = samples.get(key);
    if (known) known.value += count.count;
    else samples.set(key, { labels, value: count.count });
  }
  return [...samples.values()];
}

function summary(name: string, help: string, durations: Durations, recent: Durations): string[] {
  const quantiles = [0.5, 0.95, 0.99].flatMap((quantile): Sample[] => {
    const ms = quantileOf(recent, quantile);
    return ms === undefined ? [] : [{ labels: { quantile: String(quantile) }, value: ms / 1_000 }];
  });
  const totalMs = durations.reduce((total, { sumMs }) => total + sumMs, 0);
  return family(name, "summary", help, [
    ...quantiles,
    { suffix: "_sum", labels: {}, value: totalMs / 1_000 },
    { suffix: "_count", labels: {}, value: sum(durations) },
  ]);
}
