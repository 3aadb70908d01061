import { createHash } from "node:crypto";
import type { Delivery } from "../../layers/broker/delivery.ts";
import { headers as names } from "../../layers/broker/message.ts";
import { attemptsOf } from "../../layers/broker/retry.ts";
import { decodeEvent, type Event, identityOf } from "../../layers/core/envelope.ts";
import { formatTime, type Micros, parseTime } from "../../layers/core/time.ts";
import type { DeadLetterRecord, FailedAttempt, FailedMessage } from "../../layers/storage/registry/port.ts";
import { deathOf } from "./death.ts";
import { storable } from "./storable.ts";

const MAX_NAME = 255;
const MAX_MESSAGE = 1_024;
const MAX_STACK = 16_384;
const MAX_ATTEMPTS = 100;

/** What is recorded of a delivery, whatever its body and its headers hold. */
export function deadLetterOf(delivery: Delivery, now: Micros): DeadLetterRecord {
  const { body } = delivery;
  const event = eventIn(body);
  const { queue, error, at } = deathOf(delivery, now);
  const identity = event ? identityOf(event) : `sha256:${hashOf(delivery.messageId ?? "", body)}`;
  const attempts = attemptsIn(delivery);
  return {
    id: `dlt_${hashOf(queue, identity, body).slice(0, 32)}`,
    queue: storable(queue, MAX_NAME),
    identity: storable(identity, 2_048),
    body,
    message: messageOf(delivery),
    event: attributesOf(event ?? halfReadable(body), delivery),
    attempts: at === undefined ? attempts : [...attempts, attemptAt(at, error)],
    error: {
      type: storable(error.type, MAX_NAME),
      code: storable(error.code, MAX_NAME),
      message: storable(error.message, MAX_MESSAGE),
      stack: storable(error.stack, MAX_STACK),
    },
    diedAt: diedAt(at, attempts, now),
  };
}

/** The same with nothing in it that a store could refuse: the body says the rest. */
export function reducedLetter(letter: DeadLetterRecord, reason: string): DeadLetterRecord {
  const code = "description_refused";
  const message = storable(`what it came with could not be stored: ${reason}`, MAX_MESSAGE);
  return {
    ...letter,
    identity: `sha256:${hashOf(letter.body)}`,
    message: { headers: {} },
    event: {},
    attempts: [],
    error: { type: "PermanentError", code, message, stack: "" },
  };
}

function eventIn(body: Buffer): Event | undefined {
  try {
    return decodeEvent(body);
  } catch {
    return undefined;
  }
}

/** What is JSON and no event may still tell whose it is. */
function halfReadable(body: Buffer): Partial<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body.toString("utf8"));
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}

function attributesOf(
  { type, source, id, correlation_id }: Partial<Record<string, unknown>>,
  delivery: Delivery,
): DeadLetterRecord["event"] {
  const text = (value: unknown, max = MAX_NAME) =>
    typeof value === "string" && value !== "" ? storable(value, max) : undefined;
  return {
    type: text(type) ?? text(delivery.type),
    source: text(source, 1_024),
    id: text(id) ?? text(delivery.messageId),
    correlationId: text(correlation_id) ?? text(delivery.correlationId),
  };
}

/** As it goes back to its queue: without what retries, dead letters, replays and RabbitMQ wrote into the headers. */
function messageOf({ messageId, correlationId, type, contentType, headers }: Delivery): FailedMessage {
  const others = Object.entries(headers).filter(([name]) => !OURS.has(name) && !BROKERS.test(name));
  return { messageId, correlationId, type, contentType, headers: Object.fromEntries(others) };
}

const OURS: ReadonlySet<string> = new Set(Object.values(names));
const BROKERS = /^x-((first|last)-death-|delivery-count$|acquired-count$)/;

const attemptsIn = (delivery: Delivery): FailedAttempt[] =>
  attemptsOf(delivery)
    .slice(-MAX_ATTEMPTS)
    .map(({ at, error, message }) => ({
      at,
      error: storable(error, MAX_NAME),
      message: storable(message, MAX_MESSAGE),
    }));

const attemptAt = (at: Micros, { type, message }: DeadLetterRecord["error"]): FailedAttempt => ({
  at: formatTime(at),
  error: storable(type, MAX_NAME),
  message: storable(message, MAX_MESSAGE),
});

/** Never in the future, whatever the header says: a replay leaves out what died after it began. */
function diedAt(at: Micros | undefined, attempts: readonly FailedAttempt[], now: Micros): Micros {
  const last = attempts.at(-1);
  return Math.min(at ?? (last && parseTime(last.at)) ?? now, now);
}

/** Of texts and bytes; where one ends and the next begins counts. */
function hashOf(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
}
