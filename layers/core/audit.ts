import { createHash } from "node:crypto";
import { type Event, timeOf } from "./envelope.ts";
import { formatTime } from "./time.ts";

// The audit is a chain: each entry carries the hash of the one before it, so that whoever changes, removes or moves
// one must hash everything behind it anew, and then contradicts the heads that were sealed elsewhere. Everything
// here can be worked out from the outside, by whoever does not trust the store: see docs/audit.md.

/** An entry as the API shows it, and as it is hashed: every field but `hash` itself. */
export interface AuditEntry {
  /** From 1, without gaps. */
  position: number;
  /** RFC 3339: when the entry was made. */
  recorded_at: string;
  source: string;
  id: string;
  type: string;
  /** The event's own, in UTC. */
  time: string;
  correlation_id: string;
  /** The id of the key that called, where the event says so. */
  userid: string | null;
  /** The whole event. */
  event: Event;
  /** SHA-256 as 64 hexadecimal digits; of the first entry `GENESIS`. */
  previous_hash: string;
  /** SHA-256 of the canonical form of all the above. */
  hash: string;
}

/** What an audit comes down to: who knows it can tell whether anything up to it was changed. */
export interface AuditHead {
  position: number;
  hash: string;
  recorded_at: string;
}

/** A head where nobody can change it. */
export interface SealedHead extends AuditHead {
  sealed_at: string;
}

/** What the first entry follows. */
export const GENESIS = "0".repeat(64);

/** The hash of an entry: SHA-256 over its canonical form (RFC 8785) without `hash`, in UTF-8. */
export function hashOf(entry: Omit<AuditEntry, "hash">): string {
  return createHash("sha256")
    .update(canonicalJson({ ...entry, hash: undefined }))
    .digest("hex");
}

/** The entries that follow a head (or, without one, begin the audit), in the order of the events. */
export function chainOf(
  events: readonly Event[],
  { after, recordedAt }: { after: Pick<AuditHead, "position" | "hash"> | undefined; recordedAt: string },
): AuditEntry[] {
  let { position, hash } = after ?? { position: 0, hash: GENESIS };
  return events.map((event) => {
    const unhashed = unhashedEntry(event, { position: ++position, recordedAt, previousHash: hash });
    const entry = { ...unhashed, hash: hashOf(unhashed) };
    hash = entry.hash;
    return entry;
  });
}

function unhashedEntry(
  event: Event,
  { position, recordedAt, previousHash }: { position: number; recordedAt: string; previousHash: string },
): Omit<AuditEntry, "hash"> {
  const { source, id, type, correlation_id, userid } = event;
  return {
    position,
    recorded_at: recordedAt,
    ...{ source, id, type, time: formatTime(timeOf(event)), correlation_id },
    userid: typeof userid === "string" ? userid : null,
    event,
    previous_hash: previousHash,
  };
}

/**
 * JSON with one way only to write a value: no spaces, members sorted by their names' UTF-16 units, numbers as
 * ECMAScript writes them ("JSON Canonicalization Scheme", RFC 8785). What JSON itself cannot carry is null, so that
 * a value and what is read back of it have the same form.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join()}}`;
}
