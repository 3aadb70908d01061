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
  /** The queue in which a dead letter failed. */
  queue: "x-failed-queue",
  errorType: "x-error-type",
  errorCode: "x-error-code",
  errorMessage: "x-error-message",
  errorStack: "x-error-stack",
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
