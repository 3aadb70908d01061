import { expect } from "vitest";
import { at } from "./points.ts";
import type { Sent } from "./sampled-usage.ts";

// What usage must be reported of events: plain loops over all of them, and nothing of the product's own arithmetic.

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Of a bucket: see layers/core/sketch.ts; and six digits. */
const SKETCHED = 0.0101;
const ROUNDED = 1e-5;

export interface Latency {
  count: number;
  average_ms: number | null;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
}

export interface UsageAnswer {
  processing: Latency;
  latency: Latency & { by_endpoint: Record<string, Latency> };
  [section: string]: unknown;
}

/** In milliseconds since the Unix epoch. */
export interface AskedRange {
  from: number;
  to: number;
  /** The end of the minute in which it was asked. */
  now: number;
}

/** All that was sent was processed between these two. */
export interface Delivered {
  from: number;
  until: number;
}

/** Holds a whole answer of `GET /metrics` against what was sent, each event once. */
export function expectUsage(
  answer: UsageAnswer,
  sent: readonly Sent[],
  range: AskedRange,
  delivered: Delivered,
): void {
  const those = within(sent, range.from, range.to);
  const queries = those.filter(isQuery);
  expect(answer).toMatchObject({
    models: { registered: tally(isRegistered, sent, range) },
    queries: {
      ...tally(isQuery, sent, range),
      by_endpoint: countBy(queries, ({ endpoint }) => endpoint),
      by_vendor_and_tier: countBy(queries, ({ vendor, tier }) =>
        vendor && tier ? `${vendor}/${tier}` : undefined,
      ),
    },
    errors: errorsOf(those),
    cache: cacheOf(those),
    events: { total: those.length, by_type: countBy(those, ({ type }) => type) },
    peak_hours: peaksOf(those),
    hours_of_day: hoursOfDay(those),
  });
  const calls = those.filter(({ type }) => type === "api.latency");
  expectLatency(answer.latency, durationsOf(calls));
  const named = new Set(calls.flatMap(({ endpoint }) => endpoint ?? []));
  expect(new Set(Object.keys(answer.latency.by_endpoint))).toEqual(named);
  for (const [name, latency] of Object.entries(answer.latency.by_endpoint)) {
    expectLatency(latency, durationsOf(calls.filter(({ endpoint }) => endpoint === name)));
  }
  expectProcessing(answer.processing, those, delivered);
}

const durationsOf = (calls: readonly Sent[]): number[] => calls.flatMap(({ durationMs }) => durationMs ?? []);

/** A range covers the minutes that begin within it. */
const within = (sent: readonly Sent[], from: number, to: number): Sent[] =>
  sent.filter(({ ms }) => {
    const minute = Math.floor(ms / MINUTE) * MINUTE;
    return minute >= from && minute < to;
  });

function countBy<Item>(
  items: readonly Item[],
  name: (item: Item) => string | undefined,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) {
    const key = name(item);
    if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

const isRegistered = ({ type }: Sent) => type === "model.registered";
const isQuery = ({ type }: Sent) => type === "model.queried" || type === "filter.executed";

function tally(which: (one: Sent) => boolean, sent: readonly Sent[], { from, to, now }: AskedRange) {
  const those = within(sent, from, to).filter(which);
  return {
    total: sent.filter(which).length,
    last_24h: within(sent, now - DAY, now).filter(which).length,
    in_range: those.length,
    per_hour: expect.closeTo(those.length / ((to - from) / HOUR), 2),
    by_vendor: countBy(those, ({ vendor }) => vendor),
    by_tier: countBy(those, ({ tier }) => tier),
  };
}

function errorsOf(those: readonly Sent[]) {
  const calls = those.filter(({ type }) => type === "api.latency");
  const byEndpoint = new Map<string | undefined, { failed: number; reported: number; calls: number }>();
  for (const { type, endpoint, status = 0 } of those) {
    const known = byEndpoint.get(endpoint) ?? { failed: 0, reported: 0, calls: 0 };
    if (type === "api.latency") known.calls++;
    if (type === "api.latency" && status >= 500) known.failed++;
    if (type === "api.error") known.reported++;
    byEndpoint.set(endpoint, known);
  }
  const told = [...byEndpoint].map(([endpoint, { failed, reported, calls }]) => {
    const count = Math.max(failed, reported);
    return { endpoint, calls, count, rate: calls > 0 ? Math.min(1, count / calls) : null };
  });
  const count = told.reduce((total, one) => total + one.count, 0);
  const named = told.filter(({ endpoint, calls, count }) => endpoint !== undefined && calls + count > 0);
  return {
    count,
    rate: calls.length > 0 ? Math.min(1, count / calls.length) : null,
    by_endpoint: Object.fromEntries(named.map(({ endpoint, count, rate }) => [endpoint, { count, rate }])),
  };
}

export function hitsOf(those: readonly Sent[]) {
  const hits = those.filter(({ cacheHit }) => cacheHit === true).length;
  const misses = those.filter(({ cacheHit }) => cacheHit === false).length;
  return { hits, misses, hit_rate: hits + misses > 0 ? hits / (hits + misses) : null };
}

function cacheOf(those: readonly Sent[]) {
  const lookups = those.filter(({ cacheHit }) => cacheHit !== undefined);
  const names = new Set(lookups.map(({ endpoint }) => endpoint));
  names.delete(undefined);
  const of = (name: string | undefined) => hitsOf(lookups.filter(({ endpoint }) => endpoint === name));
  return { ...hitsOf(lookups), by_endpoint: Object.fromEntries([...names].map((name) => [name, of(name)])) };
}

function peaksOf(those: readonly Sent[]) {
  const hours = Object.entries(
    countBy(those, ({ ms }) => at(Math.floor(ms / HOUR) * HOUR).replace(".000", "")),
  );
  const busiest = hours.sort(([hourA, a], [hourB, b]) => b - a || (hourA < hourB ? -1 : 1)).slice(0, 5);
  return busiest.map(([hour, events]) => ({ hour, events }));
}

function hoursOfDay(those: readonly Sent[]): number[] {
  const counts = countBy(those, ({ ms }) => String(new Date(ms).getUTCHours()));
  return Array.from({ length: 24 }, (_, hour) => counts[hour] ?? 0);
}

function expectLatency(found: Latency, durations: readonly number[]): void {
  expect(found.count).toBe(durations.length);
  if (durations.length === 0) {
    expect(found).toMatchObject({ average_ms: null, p50_ms: null, p95_ms: null, p99_ms: null });
    return;
  }
  const sorted = durations.toSorted((a, b) => a - b);
  const average = sorted.reduce((total, ms) => total + ms, 0) / sorted.length;
  expectNear(found.average_ms, average, ROUNDED);
  for (const [value, quantile] of quantilesIn(found)) {
    expectNear(value, sorted[rankOf(quantile, sorted)] ?? Number.NaN, SKETCHED);
  }
}

export function expectNear(found: number | null, exact: number, tolerance = ROUNDED): void {
  expect(Math.abs((found ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * tolerance);
}

/** When each was processed is known to lie between two moments only. */
function expectProcessing(found: Latency, those: readonly Sent[], { from, until }: Delivered): void {
  const [soonest, latest] = [from, until].map((moment) =>
    those.map(({ ms }) => Math.max(0, moment - ms)).sort((a, b) => a - b),
  );
  expect(found.count).toBe(those.length);
  if (!soonest || !latest || those.length === 0) return;
  for (const [value, quantile] of quantilesIn(found)) {
    const rank = rankOf(quantile, those);
    expect(value).toBeGreaterThanOrEqual((soonest[rank] ?? Number.NaN) * (1 - SKETCHED));
    expect(value).toBeLessThanOrEqual((latest[rank] ?? Number.NaN) * (1 + SKETCHED));
  }
}

const quantilesIn = ({ p50_ms, p95_ms, p99_ms }: Latency) =>
  [
    [p50_ms, 0.5],
    [p95_ms, 0.95],
    [p99_ms, 0.99],
  ] as const;

const rankOf = (quantile: number, { length }: { length: number }): number =>
  Math.floor(quantile * (length - 1));
