import type { Options } from "amqplib";
import type { Envelope, Event } from "../core/envelope.ts";
import type { EncodedEvent } from "../core/measurement-event.ts";
import { exchangeOf } from "../core/payloads.ts";
import { parseTime } from "../core/time.ts";

/** What is handed to the broker. */
export interface Outgoing {
  exchange: string;
  routingKey: string;
  body: Buffer;
  properties: Options.Publish;
}

export const CONTENT_TYPE = "application/cloudevents+json";

/** Keys under which retries and dead letters travel in a message's headers. */
export const headers = {
  /** How many attempts have failed so far. */
  attempt: "x-attempt",
  /** The attempts, as JSON: `Attempt[]`. */
  attempts: "x-attempts",
  /** The queue in which a message failed: the way back of a retry and of a replay. */
  queue: "x-failed-queue",
  errorType: "x-error-type",
  errorCode: "x-error-code",
  errorMessage: "x-error-message",
  errorStack: "x-error-stack",
  /** Of a replay: the dead letter that it is of. */
  deadLetterId: "x-dead-letter-id",
  /** Of a replay: when it began, RFC 3339. A replay that is repeated because it was cut off keeps it. */
  replayedAt: "x-replayed-at",
} as const;

export function eventMessage(event: Event): Outgoing {
  const body = Buffer.from(JSON.stringify(event));
  return {
    exchange: exchangeOf(event.type),
    routingKey: event.type,
    body,
    properties: eventProperties(event),
  };
}

export function encodedMessage({ event, routingKey, body }: EncodedEvent): Outgoing {
  return { exchange: exchangeOf(event.type), routingKey, body, properties: eventProperties(event) };
}

function eventProperties({ id, type, time, correlation_id }: Envelope): Options.Publish {
  return {
    persistent: true,
    mandatory: true,
    contentType: CONTENT_TYPE,
    messageId: id,
    correlationId: correlation_id,
    type,
    timestamp: Math.floor((parseTime(time) ?? 0) / 1_000_000),
  };
}

/** A message that was delivered and goes on: to a rung, to the dead letters, or back. */
export interface Carried {
  messageId?: string;
  correlationId?: string;
  type?: string;
  contentType?: string;
  headers: Readonly<Record<string, string | number>>;
}

/**
 * amqplib encodes all headers of a message into 64 KB and throws beyond that. Ours take up to 50 of them, and those
 * of others go along as far as there is room: a message must never be stuck for what it came with.
 */
const MAX_OTHER_HEADERS = 8 * 1_024;

/** The properties of a message that is published again, with headers of ours beside its own. */
export function propertiesAgain(
  { messageId, correlationId, type, contentType = CONTENT_TYPE, headers: own }: Carried,
  added: Readonly<Record<string, string | number>>,
): Options.Publish {
  return {
    persistent: true,
    mandatory: true,
    contentType: shortText(contentType),
    messageId: shortText(messageId),
    correlationId: shortText(correlationId),
    type: shortText(type),
    headers: { ...fitting(own), ...added },
  };
}

/** Bytes that were no UTF-8 have grown in reading, and a property holds 255 (AMQP 0-9-1, `shortstr`). */
const shortText = (text: string | undefined): string | undefined =>
  text !== undefined && Buffer.byteLength(text) <= 255 ? text : undefined;

function fitting(own: Carried["headers"]): Record<string, string | number> {
  const kept: Record<string, string | number> = {};
  let room = MAX_OTHER_HEADERS;
  for (const [name, value] of Object.entries(own)) {
    const bytes = Buffer.byteLength(name) + Buffer.byteLength(String(value));
    if (bytes > room || Buffer.byteLength(name) > 255) continue;
    room -= bytes;
    kept[name] = value;
  }
  return kept;
}
