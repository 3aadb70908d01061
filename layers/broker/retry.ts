import * as z from "zod";
import type { Clock } from "../core/clock.ts";
import { PermanentError, TelemetryError } from "../core/errors.ts";
import { formatTime, microsOf, parseTime } from "../core/time.ts";
import { DEAD_LETTER_EXCHANGE, rungs } from "../topology/topology.ts";
import type { Delivery } from "./delivery.ts";
import { headers, type Outgoing, propertiesAgain } from "./message.ts";

/** One failed attempt at handling a message, as dead letters show it. */
export interface Attempt {
  at: string;
  error: string;
  message: string;
}

// All of it must fit into the headers of one message (see `propertiesAgain`), also where characters take three
// bytes, or six as JSON.
const MAX_STACK = 6_144;
const MAX_MESSAGE = 768;
const MAX_NAME = 128;

/**
 * Where a message goes that could not be handled: to the next rung of the ladder if it may pass later, else, or
 * after the last, to the dead letters. A new message each time: RabbitMQ may drop one that cycles.
 */
export function nextStop(delivery: Delivery, error: Error, clock: Clock): Outgoing {
  const attempts = [...attemptsOf(delivery).slice(-rungs.length), attempt(error, clock)];
  const rung = error instanceof PermanentError ? undefined : rungs[attemptNumber(delivery)];
  return rung ? toRung(delivery, attempts, rung.exchange) : toDeadLetters(delivery, attempts, error);
}

/** How many attempts at this message have failed before this one. */
export function attemptNumber({ headers: given }: Delivery): number {
  const count = given[headers.attempt];
  return typeof count === "number" && count >= 0 ? count : 0;
}

/** What its header tells of earlier attempts; anybody may send one, so what is no attempt is passed over. */
export function attemptsOf({ headers: given }: Delivery): Attempt[] {
  const text = given[headers.attempts];
  if (typeof text !== "string") return [];
  try {
    const parsed = told.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.flatMap((each) => each ?? []) : [];
  } catch {
    return [];
  }
}

const cut = (max: number) => z.string().transform((text) => text.slice(0, max));

const told = z.array(
  z
    .object({
      at: z.string().refine((text) => parseTime(text) !== undefined),
      error: cut(MAX_NAME),
      message: cut(MAX_MESSAGE),
    })
    .optional()
    .catch(undefined),
);

function attempt(error: Error, clock: Clock): Attempt {
  return {
    at: formatTime(microsOf(clock.now())),
    error: error.name.slice(0, MAX_NAME),
    message: error.message.slice(0, MAX_MESSAGE),
  };
}

function toRung(delivery: Delivery, attempts: Attempt[], exchange: string): Outgoing {
  return again(delivery, exchange, {
    [headers.queue]: delivery.queue,
    [headers.attempt]: attempts.length,
    [headers.attempts]: JSON.stringify(attempts),
  });
}

function toDeadLetters(delivery: Delivery, attempts: Attempt[], error: Error): Outgoing {
  return again(delivery, DEAD_LETTER_EXCHANGE, {
    [headers.queue]: delivery.queue,
    [headers.attempt]: attempts.length,
    [headers.attempts]: JSON.stringify(attempts),
    [headers.errorType]: error.name.slice(0, MAX_NAME),
    [headers.errorCode]: error instanceof TelemetryError ? error.code : "unexpected",
    [headers.errorMessage]: error.message.slice(0, MAX_MESSAGE),
    [headers.errorStack]: stackOf(error).slice(0, MAX_STACK),
  });
}

/** The routing key is the queue: it is the way back from the rungs, and what dead letters are told apart by. */
function again(delivery: Delivery, exchange: string, extra: Record<string, string | number>): Outgoing {
  const { queue, body } = delivery;
  return { exchange, routingKey: queue, body, properties: propertiesAgain(delivery, extra) };
}

function stackOf(error: Error): string {
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${own}\nCaused by: ${stackOf(error.cause)}` : own;
}
