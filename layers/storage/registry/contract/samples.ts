import type { Clock } from "../../../core/clock.ts";
import type { Event } from "../../../core/envelope.ts";
import { microsOf } from "../../../core/time.ts";
import type {
  Effects,
  Inbox,
  InboxEntry,
  InboxVerdict,
  Registry,
  UsageCount,
  UsageDuration,
} from "../port.ts";

/** Some Tuesday, ten seconds before midnight. */
export const BEFORE_MIDNIGHT = Date.UTC(2026, 6, 7, 23, 59, 50);
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export interface ManualClock extends Clock {
  advance(ms: number): void;
}

export function manualClock(now: number): ManualClock {
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
  };
}

export const QUEUE = "metrics.updates";

export const entry = (identity: string, ms: number): InboxEntry => ({ identity, time: microsOf(ms) });

export const countOf = (given: Partial<UsageCount> = {}): UsageCount => ({
  minute: microsOf(Date.UTC(2026, 6, 7, 12, 30)),
  type: "model.queried",
  vendor: "",
  tier: "",
  endpoint: "",
  cache: "",
  outcome: "",
  count: 1,
  ...given,
});

export const durationOf = (given: Partial<UsageDuration> = {}): UsageDuration => ({
  minute: microsOf(Date.UTC(2026, 6, 7, 12, 30)),
  measure: "api",
  endpoint: "",
  bucket: 100,
  count: 1,
  sumMs: 7.5,
  ...given,
});

export const eventOf = (id: string): Event => ({
  specversion: "1.0",
  id,
  source: "/shop",
  type: "model.registered",
  time: "2026-07-07T12:30:00Z",
  correlation_id: "c-1",
  data: { model_id: id, note: 'quotes " and \\ and {braces}, NULL' },
});

/** An effect that counts one event of a type named after the queue for each fresh entry. */
export const countFresh =
  (type: string) =>
  async (verdicts: readonly InboxVerdict[], effects: Effects): Promise<readonly InboxVerdict[]> => {
    const fresh = verdicts.filter((verdict) => verdict === "fresh").length;
    if (fresh > 0) await effects.countUsage({ counts: [countOf({ type, count: fresh })], durations: [] });
    return [...verdicts];
  };

/** Counts fresh entries under the type `QUEUE`, and answers with the verdicts. */
export const countOnce = (inbox: Inbox, entries: readonly InboxEntry[], queue = QUEUE) =>
  inbox.once(queue, entries, { kind: "events" }, countFresh(queue));

const EVER = { from: 0, to: Number.MAX_SAFE_INTEGER };

export async function counted({ usage }: Registry, type = QUEUE): Promise<number> {
  const counts = await usage.counts(EVER);
  return counts.filter((count) => count.type === type).reduce((sum, { count }) => sum + count, 0);
}

/** Takes everything out of the outbox. */
export async function drained({ outbox }: Registry): Promise<string[]> {
  const ids: string[] = [];
  await outbox.drain(async (events) => {
    for (const event of events) ids.push(event.id);
  }, 1_000);
  return ids;
}
