import { createHash } from "node:crypto";
import * as z from "zod";
import {
  describe,
  type Envelope,
  type Event,
  eventSchema,
  faultsOf,
  identityOf,
  timeOf,
} from "./envelope.ts";
import { PermanentError, RefusedError } from "./errors.ts";
import { acceptedLimits, checkEntry, LOG_LIMITS, type LogEntry, type SentEntry } from "./log-entry.ts";
import { entryOfEvent } from "./logged-event.ts";
import type { EncodedEvent } from "./measurement-event.ts";
import { formatTime, type Micros, microsOf } from "./time.ts";

/** Many entries in one event. */
export const LOG_TYPE = "log.received";

/** Entries go out in messages of at most this size: RabbitMQ's Raft log dislikes large ones. */
export const MAX_LOG_BYTES = 256 * 1_024;
const ENVELOPE_BYTES = 2 * 1_024;

export interface LogAcceptance {
  /** Milliseconds since the Unix epoch at which the request was accepted. */
  acceptedMs: number;
  source: string;
  correlationId: string;
  /** The id of each message. The same for a repeat of an idempotent request. */
  messageId: (part: number) => string;
  /** The request carried an idempotency key: the consumer remembers the messages and passes over a repeat. */
  idempotent: boolean;
  userId?: string;
}

/**
 * The entries of a request, in order, in as few events as their size allows. They travel in the form in which
 * applications may send them: whoever publishes such events himself needs to know nothing else.
 *
 * @throws {RefusedError} 400: the acceptance makes no valid envelope
 */
export function encodeLogs(entries: readonly SentEntry[], acceptance: LogAcceptance): EncodedEvent[] {
  const encoded = [...inParts(entries)].map((part, i) => encodePart(part, i, acceptance));
  const parsed = eventSchema.safeParse(encoded[0]?.event);
  if (encoded.length === 0 || parsed.success) return encoded;
  const faults = faultsOf(parsed.error);
  throw new RefusedError(400, `not a valid ${LOG_TYPE}: ${describe(faults)}`, faults);
}

const dataSchema = z.object({
  accepted: z.int().positive().optional(),
  idempotent: z.boolean().default(false),
  entries: z.array(z.unknown()).min(1),
});

export interface Logs {
  idempotent: boolean;
  /** Their ids are made of the event's identity and their place in it, so that a redelivery makes the same. */
  entries: LogEntry[];
}

/**
 * What an event says to the log: the entries of a `log.received`, and of any other event the one that it is.
 *
 * @param now when they were accepted, where the event does not say
 * @throws {PermanentError} `undecodable`, naming the field
 */
export function decodeLogs(event: Event, now: Micros): Logs {
  if (event.type !== LOG_TYPE || !hasEntries(event.data)) {
    const { uid, ...entry } = entryOfEvent(event);
    return {
      idempotent: false,
      entries: [{ ...entry, id: idOf(uid ?? identityOf(event)), acceptedAt: now }],
    };
  }
  const parsed = dataSchema.safeParse(event.data);
  if (!parsed.success) throw undecodable(describe(faultsOf(parsed.error, "data")));
  const { accepted, idempotent } = parsed.data;
  const acceptedAt = accepted === undefined ? now : microsOf(accepted);
  const time = timeOf(event);
  const entries = parsed.data.entries.map((input, i): LogEntry => {
    const defaults = { time, service: event.source.slice(0, LOG_LIMITS.fieldLength) };
    const { entry: sent, faults } = checkEntry(input, {
      path: `data.entries[${i}]`,
      defaults,
      limits: acceptedLimits,
    });
    if (!sent) throw undecodable(describe(faults));
    const { uid, ...entry } = sent;
    return { ...entry, id: idOf(uid ?? `${identityOf(event)} ${i}`), acceptedAt };
  });
  return { idempotent, entries };
}

const hasEntries = (data: unknown): boolean => typeof data === "object" && data !== null && "entries" in data;

const undecodable = (what: string) =>
  new PermanentError(`not a valid ${LOG_TYPE}: ${what}`, { code: "undecodable" });

/** Short enough for any store's key, whatever it is made of. */
const idOf = (identity: string): string =>
  createHash("sha256").update(identity).digest("base64url").slice(0, 27);

function* inParts(entries: readonly SentEntry[]): Generator<string[]> {
  let part: string[] = [];
  let bytes = ENVELOPE_BYTES;
  for (const entry of entries) {
    const text = entryText(entry);
    const size = Buffer.byteLength(text) + 1;
    if (part.length > 0 && bytes + size > MAX_LOG_BYTES) {
      yield part;
      part = [];
      bytes = ENVELOPE_BYTES;
    }
    part.push(text);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

/** An entry as applications may send it. */
export function entryText({
  time,
  correlationId,
  traceId,
  spanId,
  uid,
  attributes,
  ...entry
}: SentEntry): string {
  return JSON.stringify({
    timestamp: formatTime(time),
    ...entry,
    correlation_id: correlationId,
    trace_id: traceId,
    span_id: spanId,
    "log.record.uid": uid,
    attributes,
  });
}

function encodePart(texts: string[], part: number, acceptance: LogAcceptance): EncodedEvent {
  const { acceptedMs, source, correlationId, messageId, idempotent, userId } = acceptance;
  const event: Envelope = {
    specversion: "1.0",
    id: messageId(part),
    source,
    type: LOG_TYPE,
    time: formatTime(microsOf(acceptedMs)),
    correlation_id: correlationId,
    datacontenttype: "application/json",
  };
  if (userId) event.userid = userId;
  const envelope = JSON.stringify(event).slice(0, -1);
  const data = `{"accepted":${acceptedMs},"idempotent":${idempotent},"entries":[${texts.join(",")}]}`;
  return { event, routingKey: LOG_TYPE, body: Buffer.from(`${envelope},"data":${data}}`) };
}
