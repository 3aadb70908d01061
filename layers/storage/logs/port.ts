import type { Event } from "../../core/envelope.ts";
import type { EventIdentity } from "../../core/lineage.ts";
import type { LogEntry } from "../../core/log-entry.ts";
import type { LogLevel } from "../../core/log-level.ts";
import type { Micros } from "../../core/time.ts";

export type { LogEntry } from "../../core/log-entry.ts";
export { type LogLevel, logLevels } from "../../core/log-level.ts";
export type { EventIdentity };

/** What is searched by words, kind and time: log entries and the archive of events. Every backend passes `port.contract.ts`. */
export interface Logs {
  readonly capabilities: LogCapabilities;
  readonly entries: LogEntries;
  readonly events: EventArchive;
  /** Makes the partitions that the coming days need and drops what has expired. Idempotent. */
  maintain(now: Micros): Promise<void>;
  /** Resolves if the store can answer now. @throws {UnavailableError} */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface LogCapabilities {
  /** What was written is found at once; else within seconds. */
  immediateSearch: boolean;
}

/** An item of a batch that the store will never take; the others are stored. */
export interface Rejection {
  /** Its place in the batch. */
  index: number;
  error: Error;
}

export interface LogSearch {
  /**
   * Words that must all be in the message, the stack or the attributes' values, in any order and any case. What is
   * neither letter nor digit only separates them; without a word it asks for nothing. At most 1,000 characters.
   */
  q?: string;
  service?: string;
  /** Any of these; all when empty or left out. */
  levels?: readonly LogLevel[];
  correlationId?: string;
  /** Inclusive. */
  from: Micros;
  /** Exclusive. */
  to: Micros;
  /** 1 to 1,000. */
  limit: number;
  /** 0 to 10,000: deeper pages are reached by narrowing the time. */
  offset: number;
}

export interface LogEntries {
  /**
   * Stores entries, idempotently by (time, id): what is there already stays as it is. Durable when it resolves.
   * What has expired already is passed over. At fault is what holds NUL or half of a surrogate pair, is larger than
   * 1 MiB or nested deeper than 70 levels, or is more than a day ahead of the clock (see soundness.ts).
   *
   * @returns the entries that are at fault, if any
   * @throws {UnavailableError} the store is gone; nothing, or only a part, was stored
   * @throws {PermanentError} some entry is at fault, the backend cannot say which, and nothing was stored
   */
  write(entries: readonly LogEntry[]): Promise<readonly Rejection[]>;
  /** Newest first, in an order that stays. `count`: of all that match, 10,000 standing for that and more. */
  search(search: LogSearch): Promise<{ entries: LogEntry[]; count: number }>;
}

export interface ArchivedEvent {
  event: Event;
  archivedAt: Micros;
}

export interface EventSearch {
  /** Exact, or with a last word `*` that stands for any words: `model.*`. */
  type?: string;
  source?: string;
  correlationId?: string;
  /** By the event's own time. Inclusive. */
  from: Micros;
  /** Exclusive. */
  to: Micros;
  /** 1 to 1,000. */
  limit: number;
  /** 0 to 10,000. */
  offset: number;
}

export interface EventArchive {
  /** Idempotent by (source, id, time): of two under one identity and time the first stays. Otherwise as entries. */
  write(events: readonly ArchivedEvent[]): Promise<readonly Rejection[]>;
  /** Newest first, in an order that stays. `count`: of all that match, 10,000 standing for that and more. */
  search(search: EventSearch): Promise<{ events: ArchivedEvent[]; count: number }>;
  /** Every event with this id, of whatever source; at most 100, oldest first. */
  withId(id: string): Promise<ArchivedEvent[]>;
  /** Those of these that are archived, in any order. At most 1,000 identities. */
  find(identities: readonly EventIdentity[]): Promise<ArchivedEvent[]>;
  /**
   * The events that name any of these among their `parentids` (see `parentsOf`), oldest first. At most 1,000 identities.
   */
  childrenOf(identities: readonly EventIdentity[], limit: number): Promise<ArchivedEvent[]>;
}
