import { quantileOf } from "../../layers/core/sketch.ts";
import { type Counts, type Durations, sum } from "./report.ts";

// The text exposition format 0.0.4. Counters are of all time, so that Prometheus' own `rate` works on them.

export const PROMETHEUS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

type Labels = Readonly<Record<string, string>>;

export function prometheusText(ever: Counts, durations: Durations): string {
  return [
    ...family("telemetry_events_total", "counter", "Events counted, each once.", eventSamples(ever)),
    ...family(
      "telemetry_cache_lookups_total",
      "counter",
      "Cache look-ups told of by events.",
      cacheSamples(ever),
    ),
    ...summary(
      "telemetry_api_latency_seconds",
      "Duration of API calls over the last 24 hours.",
      ofMeasure(durations, "api"),
    ),
    ...summary(
      "telemetry_event_processing_seconds",
      "From an event's time to its being counted, over the last 24 hours.",
      ofMeasure(durations, "processing"),
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

function eventSamples(ever: Counts): Sample[] {
  return merged(ever, ({ type, vendor, tier, endpoint, outcome }) => ({
    type,
    vendor,
    tier,
    endpoint,
    outcome,
  }));
}

function cacheSamples(ever: Counts): Sample[] {
  return merged(
    ever.filter(({ cache }) => cache !== ""),
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

function summary(name: string, help: string, durations: Durations): string[] {
  const quantiles = [0.5, 0.95, 0.99].flatMap((quantile): Sample[] => {
    const ms = quantileOf(durations, quantile);
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
