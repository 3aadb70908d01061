import { type BucketCount, quantileOf } from "../../layers/core/sketch.ts";
import { formatTime, type Micros } from "../../layers/core/time.ts";
import type { UsageCount, UsageDuration } from "../../layers/storage/registry/port.ts";
import type { UsageReport } from "./schema.ts";

export type Counts = readonly Omit<UsageCount, "minute">[];
export type Durations = readonly Omit<UsageDuration, "minute">[];

export interface UsageData {
  from: Micros;
  to: Micros;
  counts: Counts;
  durations: Durations;
  hourly: readonly { hour: Micros; type: string; count: number }[];
  /** The counts of the last 24 hours and of all time, whatever the range. */
  lastDay: Counts;
  ever: Counts;
}

const PEAK_HOURS = 5;
const isRegistered = ({ type }: { type: string }) => type === "model.registered";
const isQuery = ({ type }: { type: string }) => type === "model.queried" || type === "filter.executed";
const isCall = ({ type }: { type: string }) => type === "api.latency";

export function reportOf({ from, to, counts, durations, hourly, lastDay, ever }: UsageData): UsageReport {
  const queries = counts.filter(isQuery);
  const tally = (which: (count: { type: string }) => boolean) => ({
    total: sum(ever.filter(which)),
    last_24h: sum(lastDay.filter(which)),
    by_vendor: sumBy(counts.filter(which), ({ vendor }) => vendor),
    by_tier: sumBy(counts.filter(which), ({ tier }) => tier),
  });
  return {
    start_time: formatTime(from),
    end_time: formatTime(to),
    models: { registered: tally(isRegistered) },
    queries: {
      ...tally(isQuery),
      by_endpoint: sumBy(queries, ({ endpoint }) => endpoint),
      by_vendor_and_tier: sumBy(queries, ({ vendor, tier }) => (vendor && tier ? `${vendor}/${tier}` : "")),
    },
    latency: { ...latencyOf(durations.filter(isApi)), by_endpoint: latencyByEndpoint(durations) },
    errors: errorsOf(counts),
    cache: cacheOf(counts),
    processing: latencyOf(durations.filter(({ measure }) => measure === "processing")),
    events: { total: sum(counts), by_type: sumBy(counts, ({ type }) => type) },
    peak_hours: peaksOf(hourly),
  };
}

export const sum = (counts: readonly { count: number }[]): number =>
  counts.reduce((total, { count }) => total + count, 0);

/** Sums by a label; what has none is left out. */
export function sumBy<Row extends { count: number }>(rows: readonly Row[], label: (row: Row) => string) {
  const sums: Record<string, number> = Object.create(null);
  for (const row of rows) {
    const name = label(row);
    if (name) sums[name] = (sums[name] ?? 0) + row.count;
  }
  return Object.fromEntries(Object.entries(sums).sort(([, a], [, b]) => b - a));
}

const isApi = ({ measure }: { measure: string }) => measure === "api";

function latencyByEndpoint(durations: Durations): UsageReport["latency"]["by_endpoint"] {
  const endpoints = new Set(durations.filter(isApi).map(({ endpoint }) => endpoint));
  endpoints.delete("");
  return Object.fromEntries(
    [...endpoints]
      .sort()
      .map((name) => [name, latencyOf(durations.filter((d) => isApi(d) && d.endpoint === name))]),
  );
}

function latencyOf(durations: Durations): UsageReport["processing"] {
  const count = sum(durations);
  const totalMs = durations.reduce((total, { sumMs }) => total + sumMs, 0);
  const buckets: BucketCount[] = [...durations];
  const at = (quantile: number) => rounded(quantileOf(buckets, quantile));
  return {
    count,
    average_ms: count > 0 ? rounded(totalMs / count) : null,
    p50_ms: at(0.5),
    p95_ms: at(0.95),
    p99_ms: at(0.99),
  };
}

/** Of calls: those that `api.latency` tells of, or, where none are, the errors alone without a rate. */
function errorsOf(counts: Counts): UsageReport["errors"] {
  const calls = counts.filter(isCall);
  const failedCalls = calls.filter(({ outcome }) => outcome === "error");
  const reported = counts.filter(({ type }) => type === "api.error");
  const total = sum(calls);
  return {
    count: Math.max(sum(failedCalls), sum(reported)),
    rate: total > 0 ? Math.min(1, Math.max(sum(failedCalls), sum(reported)) / total) : null,
  };
}

function cacheOf(counts: Counts): UsageReport["cache"] {
  const hits = sum(counts.filter(({ cache }) => cache === "hit"));
  const misses = sum(counts.filter(({ cache }) => cache === "miss"));
  return { hits, misses, hit_rate: hits + misses > 0 ? hits / (hits + misses) : null };
}

function peaksOf(hourly: UsageData["hourly"]): UsageReport["peak_hours"] {
  const hours = new Map<Micros, number>();
  for (const { hour, count } of hourly) hours.set(hour, (hours.get(hour) ?? 0) + count);
  return [...hours]
    .sort(([hourA, a], [hourB, b]) => b - a || hourA - hourB)
    .slice(0, PEAK_HOURS)
    .map(([hour, events]) => ({ hour: formatTime(hour), events }));
}

const rounded = (value: number | undefined): number | null =>
  value === undefined ? null : Number(value.toPrecision(6));
