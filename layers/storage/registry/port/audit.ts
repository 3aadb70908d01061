import type { AuditEntry, AuditHead } from "../../../core/audit.ts";
import type { Event } from "../../../core/envelope.ts";
import type { Micros } from "../../../core/time.ts";

export interface AuditSelection {
  type?: string;
  source?: string;
  correlationId?: string;
  /** By the event's own time. Inclusive. */
  from?: Micros;
  /** Exclusive. */
  to?: Micros;
  /** Oldest first by position, or newest first. */
  order: "oldest" | "newest";
  /** Go on behind this position, in that order. */
  after?: number;
  /** 1 to 1,000. */
  limit: number;
}

export interface Audit {
  /**
   * Adds the events that are not in the audit yet, by (source, id), to the end of its chain, in their order: all of
   * them or, if it throws, none. Of two under one identity the first stays, for ever. Nothing changes or removes
   * an entry again: the store refuses it.
   *
   * @returns how many were new
   */
  append(events: readonly Event[], recordedAt: Micros): Promise<number>;
  /**
   * Fewer than `limit` entries where they are large; always one if there is one.
   *
   * @returns `more`: whether others follow behind the last
   */
  list(selection: AuditSelection): Promise<{ entries: AuditEntry[]; more: boolean }>;
  /** The entry at a position, by what it comes down to; without one the newest. */
  head(position?: number): Promise<AuditHead | undefined>;
}
