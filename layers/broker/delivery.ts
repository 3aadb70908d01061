import type { Micros } from "../core/time.ts";

/** A message as a queue handler sees it, wherever it came from. */
export interface Delivery {
  /** The queue it was delivered from: its name in the topology. */
  queue: string;
  body: Buffer;
  messageId?: string;
  correlationId?: string;
  type?: string;
  contentType?: string;
  /** Text and numbers only. */
  headers: Readonly<Record<string, string | number>>;
  redelivered: boolean;
  /** Where RabbitMQ itself moved it from, the latest first. None if it never did. */
  deaths?: readonly Death[];
}

/** RabbitMQ's own word on a message that it dead-lettered: an entry of `x-death` ("Dead Letter Exchanges", RabbitMQ). */
export interface Death {
  /** The queue's name in the topology. */
  queue: string;
  /** `delivery_limit`, `rejected`, `expired` or `maxlen`. */
  reason: string;
  /** What the message was published under before it came into the queue. */
  routingKeys: readonly string[];
  /** Exact to a second. */
  time?: Micros;
}
