import type { Clock } from "../core/clock.ts";
import { PermanentError, TelemetryError } from "../core/errors.ts";
import { formatTime, microsOf } from "../core/time.ts";
import { DEAD_LETTER_EXCHANGE, rungs } from "../topology/topology.ts";
import type { Delivery } from "./delivery.ts";
import { CONTENT_TYPE, headers, type Outgoing } from "./message.ts";

/** One failed attempt at handling a message, as dead letters show it. */
export interface Attempt {
  at: string;
  error: string;
  message: string;
}

const MAX_STACK = 8_192;
const MAX_MESSAGE = 1_024;

/**
 * Where a message goes that could not be handled: to the next rung of the ladder if it may pass later, else, or
 * after the last, to the dead letters. A new message each time: RabbitMQ may drop one that cycles.
 */
export function nextStop(delivery: Delivery, error: Error, clock: Clock): Outgoing {
  const attempts = [...attemptsOf(delivery), attempt(error, clock)];
  const rung = error instanceof PermanentError ? undefined : rungs[attemptNumber(delivery)];
  return rung ? toRung(delivery, attempts, rung.exchange) : toDeadLetters(delivery, attempts, error);
}

/** How many attempts at this message have failed before this one. */
export function attemptNumber({ headers: given }: Delivery): number {
  const count = given[headers.attempt];
  return typeof count === "number" && count >= 0 ? count : 0;
}

export function attemptsOf({ headers: given }: Delivery): Attempt[] {
  const text = given[headers.attempts];
  if (typeof text !== "string") return [];
  try {
    const attempts: unknown = JSON.parse(text);
    return Array.isArray(attempts) ? (attempts as Attempt[]) : [];
  } catch {
    return [];
  }
}

function attempt(error: Error, clock: Clock): Attempt {
  return {
    at: formatTime(microsOf(clock.now())),
    error: error.name,
    message: error.message.slice(0, MAX_MESSAGE),
  };
}

function toRung(delivery: Delivery, attempts: Attempt[], exchange: string): Outgoing {
  return again(delivery, exchange, {
    [headers.attempt]: attempts.length,
    [headers.attempts]: JSON.stringify(attempts),
  });
}

function toDeadLetters(delivery: Delivery, attempts: Attempt[], error: Error): Outgoing {
  return again(delivery, DEAD_LETTER_EXCHANGE, {
    [headers.queue]: delivery.queue,
    [headers.attempt]: attempts.length,
    [headers.attempts]: JSON.stringify(attempts),
    [headers.errorType]: error.name,
    [headers.errorCode]: error instanceof TelemetryError ? error.code : "unexpected",
    [headers.errorMessage]: error.message.slice(0, MAX_MESSAGE),
    [headers.errorStack]: stackOf(error).slice(0, MAX_STACK),
  });
}

/** The routing key is the queue: it is the way back from the rungs, and what dead letters are told apart by. */
function again(delivery: Delivery, exchange: string, extra: Record<string, string | number>): Outgoing {
  const { queue, body, messageId, correlationId, type, contentType = CONTENT_TYPE } = delivery;
  return {
    exchange,
    routingKey: queue,
    body,
    properties: {
      persistent: true,
      mandatory: true,
      contentType,
      messageId,
      correlationId,
      type,
      headers: { ...delivery.headers, ...extra },
    },
  };
}

function stackOf(error: Error): string {
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${own}\nCaused by: ${stackOf(error.cause)}` : own;
}
