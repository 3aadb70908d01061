import { quantileOf } from "../../layers/core/sketch.ts";
import { type Counts, type Durations, sum } from "./report.ts";

// The text exposition format 0.0.4. Counters, and the sums and counts of summaries, are of all time, so that
// Prometheus' own `rate` works on them; the quantiles of summaries are of the last 24 hours.

export const PROMETHEUS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

type Labels = Readonly<Record<string, string>>;

export interface Exposed {
  /** Of all time. */
  counts: Counts;
  durations: Durations;
  /** Durations of the last 24 hours. */
  recent: Durations;
}

export function prometheusText({ counts, durations, recent }: Exposed): string {
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
    "",
  ].join("\n");
}

const ofMeasure = (durations: Durations, measure: string) =>
  durations.filter((row) => row.measure === measure);

interface Sample {
  suffix?: string;
  labels: Labels;
  value: number;
}

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

function family(name: string, type: string, help: string, samples: Sample[]): string[] {
  const lines = samples.map(
    ({ suffix = "", labels, value }) => `${name}${suffix}${labelText(labels)} ${value}`,
  );
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines];
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== "");
  return pairs.length === 0
    ? ""
    : `{${pairs.map(([name, value]) => `${name}="${escaped(value)}"`).join(",")}}`;
}

const escaped = (value: string) =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
