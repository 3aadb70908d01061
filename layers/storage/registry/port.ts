import type { Event } from "../../core/envelope.ts";
import type { BucketCount } from "../../core/sketch.ts";
import type { Micros } from "../../core/time.ts";
import type { Alerts, Judging } from "./port/alerts.ts";
import type { Audit } from "./port/audit.ts";
import type { Channels } from "./port/channels.ts";
import type { DeadLetters } from "./port/dead-letters.ts";
import type { Definitions } from "./port/definitions.ts";
import type { DeviceLives } from "./port/device-lives.ts";
import type { Devices } from "./port/devices.ts";
import type { Notifications, Telling } from "./port/notifications.ts";
import type { Rules } from "./port/rules.ts";
import type { Silences } from "./port/silences.ts";
import type { Connections, Subscriptions } from "./port/subscriptions.ts";

export * from "./port/audit.ts";
export * from "./port/dead-letters.ts";
export * from "./port/device-lives.ts";
export * from "./port/devices.ts";

/** Everything that is not a time series or a log: small, relational, exact. One room per capability. */
export interface Registry {
  readonly keys: Keys;
  readonly devices: Devices;
  readonly deviceLives: DeviceLives;
  readonly usage: Usage;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly deadLetters: DeadLetters;
  readonly audit: Audit;
  readonly channels: Channels;
  readonly notifications: Notifications;
  readonly definitions: Definitions;
  readonly rules: Rules;
  readonly alerts: Alerts;
  readonly silences: Silences;
  readonly subscriptions: Subscriptions;
  readonly connections: Connections;
  /** Resolves if the store can answer now. @throws {UnavailableError} */
  check(): Promise<void>;
  close(): Promise<void>;
}

export const scopes = ["ingest", "read", "operate", "admin", "internal"] as const;
export type Scope = (typeof scopes)[number];

export interface ApiKey {
  keyId: string;
  name: string;
  scopes: readonly Scope[];
  /** Patterns of the devices that it is for, `*` standing for any text. @default all */
  devices?: readonly string[];
  /** Patterns of the types of events that it may send. @default all */
  types?: readonly string[];
  /** SHA-256 of the whole key as the caller presents it. */
  hash: Buffer;
  createdAt: Micros;
  /** The key or user that asked for it. */
  createdBy?: string;
  revokedAt?: Micros;
}

export interface Keys {
  /**
   * The same key again changes nothing: neither its name nor its scopes, nor that it is revoked.
   *
   * @throws {RefusedError} 409 if the key id exists with another secret
   */
  create(key: Omit<ApiKey, "revokedAt">): Promise<void>;
  /** Creates the key, or puts this one in the place of the one with its id: the bootstrap key's rotation. */
  replace(key: Omit<ApiKey, "revokedAt">): Promise<void>;
  find(keyId: string): Promise<ApiKey | undefined>;
  /** Newest first. */
  list(): Promise<ApiKey[]>;
  /** @returns whether there was such a key that was not revoked yet */
  revoke(keyId: string, at: Micros): Promise<boolean>;
  /** Revokes what this user created, or is named after, until then. @returns the ids of all such keys, also of before */
  revokeOf(userId: string, at: Micros): Promise<string[]>;
}

/** What a queue handler is given for a delivery that must have its effect once. */
export interface InboxEntry {
  /** See `identityOf`. */
  identity: string;
  /** The event's own time. */
  time: Micros;
}

export type InboxVerdict = "fresh" | "repeated" | "too_old_to_deduplicate" | "time_too_far_ahead";

export interface InboxWindow {
  /**
   * `events` are remembered for 3 days, `batches` and what the edge sends for 45. Entries whose own time is older
   * are `too_old_to_deduplicate`, more than a day ahead of the clock `time_too_far_ahead`; neither is remembered.
   */
  kind: "events" | "batches";
}

export interface Inbox {
  /**
   * Exactly-once effect: in one transaction, remembers the entries of this queue that are new, runs `effect`
   * with the verdict on each entry (in the order given), and commits. If `effect` throws, nothing is
   * remembered and nothing is written. Two calls for one queue never run at the same time.
   *
   * An identity that occurs twice in `entries` is fresh at its first place only.
   */
  once<Result>(
    queue: string,
    entries: readonly InboxEntry[],
    window: InboxWindow,
    effect: (verdicts: readonly InboxVerdict[], effects: Effects) => Promise<Result>,
  ): Promise<Result>;

  /** Which of these identities the queue has remembered (within the window of batches). Reads only. */
  remembered(queue: string, identities: readonly string[]): Promise<Set<string>>;

  /** Remembers identities of batches whose effects are idempotent and already stored. */
  remember(queue: string, identities: readonly string[]): Promise<void>;

  /** Makes the partitions that the coming days need and drops those beyond the windows. Idempotent. */
  maintain(now: Micros): Promise<void>;
}

/**
 * What may be written inside the inbox's transaction. It is written when the effect is through, together with the
 * commit: if that fails, it is `once` that throws.
 */
export interface Effects {
  countUsage(increments: UsageIncrements): Promise<void>;
  /** Judges pairs of rules and devices; written when it is called. */
  readonly judging: Judging;
  /** Events that follow from the effect: published after the commit, by whoever gets to it first. */
  announce(events: readonly Event[]): Promise<void>;
  /**
   * What the events mean to channels: recorded once, and delivered after the commit. Written when it is called, since
   * what a group is told depends on what it was told before.
   */
  notify(tellings: readonly Telling[]): Promise<void>;
}

export interface Outbox {
  add(events: readonly Event[]): Promise<void>;
  /**
   * Hands the oldest events to `publish`, in order, and removes them once it resolves. Safe to run anywhere at
   * any time: rows are locked and skipped by others.
   *
   * @returns how many were published
   */
  drain(publish: (events: readonly Event[]) => Promise<void>, limit: number): Promise<number>;
}

/** What one event counts as. Empty strings stand for "not said". */
export interface UsageCount {
  /** Start of the minute of the event's own time. */
  minute: Micros;
  /** The event type. */
  type: string;
  vendor: string;
  tier: string;
  endpoint: string;
  /** `hit`, `miss` or empty. */
  cache: string;
  /** `ok`, `error` (status ≥ 500, or an `api.error`) or empty. */
  outcome: string;
  count: number;
}

/** Durations by DDSketch bucket (`sketch.ts`). */
export interface UsageDuration extends BucketCount {
  minute: Micros;
  /** `api`: of calls; `processing`: from an event's time to its being counted; `chain`: look-ups of causal chains. */
  measure: "api" | "processing" | "chain";
  endpoint: string;
  /** Sum of the durations in milliseconds, for exact averages. */
  sumMs: number;
}

export interface UsageIncrements {
  counts: readonly UsageCount[];
  durations: readonly UsageDuration[];
}

export interface UsageRange {
  /** Inclusive; counted by whole minutes. */
  from: Micros;
  /** Exclusive. */
  to: Micros;
}

export interface Usage {
  /** Adds durations that come of no event, and so cannot come twice. */
  measured(durations: readonly UsageDuration[]): Promise<void>;
  /** Counts summed over the range by every label. */
  counts(range: UsageRange): Promise<Omit<UsageCount, "minute">[]>;
  /** Durations summed over the range by measure, endpoint and bucket. */
  durations(range: UsageRange): Promise<Omit<UsageDuration, "minute">[]>;
  /** Events per hour of the range, oldest first; hours without events are left out. */
  hourly(range: UsageRange): Promise<{ hour: Micros; type: string; count: number }[]>;
}
