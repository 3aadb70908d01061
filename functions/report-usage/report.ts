import { type BucketCount, quantileOf } from "../../layers/core/sketch.ts";
import { formatTime, MICROS_PER_SECOND, type Micros } from "../../layers/core/time.ts";
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
const HOUR = 3_600 * MICROS_PER_SECOND;
const HOURS_PER_DAY = 24;
const isRegistered = ({ type }: { type: string }) => type === "model.registered";
const isQuery = ({ type }: { type: string }) => type === "model.queried" || type === "filter.executed";
const isCall = ({ type }: { type: string }) => type === "api.latency";
const isError = ({ type }: { type: string }) => type === "api.error";

export function reportOf({ from, to, counts, durations, hourly, lastDay, ever }: UsageData): UsageReport {
  const queries = counts.filter(isQuery);
  const tally = (which: (count: { type: string }) => boolean) => ({
    total: sum(ever.filter(which)),
    last_24h: sum(lastDay.filter(which)),
    in_range: sum(counts.filter(which)),
    per_hour: rounded(sum(counts.filter(which)) / ((to - from) / HOUR)) ?? 0,
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
    latency: {
      ...latencyOf(durations.filter(isApi)),
      by_endpoint: byEndpoint(durations.filter(isApi), latencyOf),
    },
    errors: errorsOf(counts),
    cache: cacheOf(counts),
    processing: latencyOf(durations.filter(({ measure }) => measure === "processing")),
    chain_lookups: latencyOf(durations.filter(({ measure }) => measure === "chain")),
    events: { total: sum(counts), by_type: sumBy(counts, ({ type }) => type) },
    peak_hours: peaksOf(hourly),
    hours_of_day: hoursOfDay(hourly),
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

/**
 * Errors per call. A failed call may be told of by its `api.latency`, by an `api.error` or by both: of each endpoint
 * the larger number holds, so that it counts once. Only `api.latency` tells of calls: without it there is no rate.
 */
function errorsOf(counts: Counts): UsageReport["errors"] {
  const told = counts.filter((count) => isCall(count) || isError(count));
  const endpoints = [...Map.groupBy(told, ({ endpoint }) => endpoint).values()];
  const failures = endpoints.reduce((total, own) => total + failuresAt(own), 0);
  return {
    ...rateOf(failures, told),
    by_endpoint: byEndpoint(told, (own) => rateOf(failuresAt(own), own)),
  };
}

/** Of one endpoint. */
function failuresAt(counts: Counts): number {
  const failedCalls = counts.filter((count) => isCall(count) && count.outcome === "error");
  return Math.max(sum(failedCalls), sum(counts.filter(isError)));
}

function rateOf(failures: number, counts: Counts) {
  const calls = sum(counts.filter(isCall));
  return { count: failures, rate: calls > 0 ? Math.min(1, failures / calls) : null };
}

function cacheOf(counts: Counts): UsageReport["cache"] {
  const lookups = counts.filter(({ cache }) => cache !== "");
  return { ...hitsOf(lookups), by_endpoint: byEndpoint(lookups, hitsOf) };
}

function hitsOf(lookups: Counts) {
  const hits = sum(lookups.filter(({ cache }) => cache === "hit"));
  const misses = sum(lookups.filter(({ cache }) => cache === "miss"));
  return { hits, misses, hit_rate: hits + misses > 0 ? hits / (hits + misses) : null };
}

/** What there is to say of each endpoint, by name; what has no endpoint is left out. */
function byEndpoint<Row extends { endpoint: string }, Said>(
  rows: readonly Row[],
  say: (own: readonly Row[]) => Said,
): Record<string, Said> {
  const groups = [...Map.groupBy(rows, ({ endpoint }) => endpoint)].filter(([endpoint]) => endpoint !== "");
  const sorted = groups.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([endpoint, own]) => [endpoint, say(own)]));
}

function peaksOf(hourly: UsageData["hourly"]): UsageReport["peak_hours"] {
  const hours = new Map<Micros, number>();
  for (const { hour, count } of hourly) hours.set(hour, (hours.get(hour) ?? 0) + count);
  return [...hours]
    .sort(([hourA, a], [hourB, b]) => b - a || hourA - hourB)
    .slice(0, PEAK_HOURS)
    .map(([hour, events]) => ({ hour: formatTime(hour), events }));
}

/** How many events came in each hour of the day, in UTC, over the whole range. */
function hoursOfDay(hourly: UsageData["hourly"]): number[] {
  const hours = Array.from({ length: HOURS_PER_DAY }, () => 0);
  for (const { hour, count } of hourly) {
    const ofDay = (hour / HOUR) % HOURS_PER_DAY;
    hours[ofDay] = (hours[ofDay] ?? 0) + count;
  }
  return hours;
}

const rounded = (value: number | undefined): number | null =>
  value === undefined ? null : Number(value.toPrecision(6));
