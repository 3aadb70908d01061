import type { ConsumeMessage } from "amqplib";
import type { Event } from "../../core/envelope.ts";
import type { Delivery } from "../delivery.ts";
import { attemptNumber } from "../retry.ts";

/** What a handler is told beside the event. */
export interface EventContext {
  /** The subscription's. */
  queue: string;
  /** Which attempt at this event this is: 1 is the first. */
  attempt: number;
  /** The broker has handed it out before: a repeat may be ahead. */
  redelivered: boolean;
  /** Where the event was published. */
  exchange: string;
  routingKey: string;
  correlationId: string;
}

/** A message that comes back from a rung comes by another exchange: where it came from first travels with it. */
const origin = { exchange: "x-exchange", routingKey: "x-routing-key" } as const;
/** Of this queue and this delivery only: it would tell lies of the same event on its way through another. */
const DELIVERY_COUNT = "x-delivery-count";

export interface Received extends Delivery {
  /** How often the queue has handed the message out before without getting an answer. */
  returns: number;
}

export function receivedOf(queue: string, { content, properties, fields }: ConsumeMessage): Received {
  return {
    queue,
    body: content,
    messageId: textOr(properties.messageId),
    correlationId: textOr(properties.correlationId),
    type: textOr(properties.type),
    contentType: textOr(properties.contentType),
    headers: {
      [origin.exchange]: fields.exchange,
      [origin.routingKey]: fields.routingKey,
      ...plainHeaders(properties.headers),
    },
    redelivered: fields.redelivered,
    returns: Number(properties.headers?.[DELIVERY_COUNT] ?? 0),
  };
}

export function contextOf(delivery: Delivery, event: Event): EventContext {
  const { queue, headers, redelivered } = delivery;
  return {
    queue,
    attempt: attemptNumber(delivery) + 1,
    redelivered,
    exchange: String(headers[origin.exchange]),
    routingKey: String(headers[origin.routingKey]),
    correlationId: event.correlation_id,
  };
}

const textOr = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** RabbitMQ adds lists of its own (`x-death`), which are not passed on. */
function plainHeaders(given: Readonly<Record<string, unknown>> = {}): Record<string, string | number> {
  const plain = Object.entries(given).filter(
    (entry): entry is [string, string | number] =>
      entry[0] !== DELIVERY_COUNT && (typeof entry[1] === "string" || typeof entry[1] === "number"),
  );
  return Object.fromEntries(plain);
}
