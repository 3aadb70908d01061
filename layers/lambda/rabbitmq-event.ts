import type { Death, Delivery } from "../broker/delivery.ts";
import { microsOf } from "../core/time.ts";

// The event that AWS hands a Lambda for a RabbitMQ event source ("Using Lambda with Amazon MQ", AWS Lambda
// Developer Guide). It has neither exchange nor routing key: what a consumer needs is in the envelope.

/** Text comes as its bytes; numbers plain. How tables and lists come is not documented: read as JSON has them. */
export type RmqHeader =
  | { bytes: number[] }
  | number
  | string
  | boolean
  | null
  | RmqHeader[]
  | { [name: string]: RmqHeader };

export interface RmqMessage {
  basicProperties: {
    contentType: string | null;
    contentEncoding: string | null;
    headers: Record<string, RmqHeader> | null;
    deliveryMode: number | null;
    priority: number | null;
    correlationId: string | null;
    replyTo: string | null;
    expiration: string | null;
    messageId: string | null;
    /** Text such as `Jan 1, 1970, 12:33:41 AM`: not to be relied on. */
    timestamp: string | null;
    type: string | null;
    userId: string | null;
    appId: string | null;
    clusterId: string | null;
    bodySize: number;
  };
  redelivered: boolean;
  /** Base64. */
  data: string;
}

export interface RmqEvent {
  eventSource: "aws:rmq";
  eventSourceArn: string;
  /** By `<queue>::<vhost>`. */
  rmqMessagesByQueue: Record<string, RmqMessage[]>;
}

/** The messages of an event, in their order, under the queue's name in the topology. */
export function deliveriesOf(event: RmqEvent): Delivery[] {
  return Object.entries(event.rmqMessagesByQueue).flatMap(([key, messages]) => {
    const queue = logicalQueue(key);
    return messages.map((message) => deliveryOf(queue, message));
  });
}

/** `<queue>.v<version>::<vhost>` without the version and the vhost. */
const logicalQueue = (key: string): string => withoutVersion(key.slice(0, key.lastIndexOf("::")));

const withoutVersion = (queue: string): string => queue.replace(/\.v\d+$/, "");

function deliveryOf(queue: string, { basicProperties: properties, redelivered, data }: RmqMessage): Delivery {
  return {
    queue,
    body: Buffer.from(data, "base64"),
    messageId: properties.messageId ?? undefined,
    correlationId: properties.correlationId ?? undefined,
    type: properties.type ?? undefined,
    contentType: properties.contentType ?? undefined,
    headers: properties.headers ? plainHeaders(properties.headers) : {},
    redelivered,
    deaths: deathsIn(properties.headers?.["x-death"]),
  };
}

function plainHeaders(given: Record<string, RmqHeader>): Record<string, string | number> {
  const plain: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(given)) {
    const text = typeof value === "number" ? value : textIn(value);
    if (text !== undefined) plain[name] = text;
  }
  return plain;
}

/** What is not as RabbitMQ writes it (anybody may send a header of this name) is passed over. */
function deathsIn(header: RmqHeader | undefined): Death[] | undefined {
  if (!Array.isArray(header)) return undefined;
  return header.flatMap((entry) => {
    if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return [];
    const { queue, reason, "routing-keys": keys, time } = entry as Record<string, RmqHeader | undefined>;
    const [from, why] = [textIn(queue), textIn(reason)];
    if (from === undefined || why === undefined) return [];
    const routingKeys = Array.isArray(keys) ? keys.flatMap((key) => textIn(key) ?? []) : [];
    return [{ queue: withoutVersion(from), reason: why, routingKeys, time: timeIn(time) }];
  });
}

function textIn(value: RmqHeader | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || !("bytes" in value)) return undefined;
  return Array.isArray(value.bytes) ? Buffer.from(value.bytes as number[]).toString("utf8") : undefined;
}

/** Text such as `Jan 1, 1970, 12:33:41 AM`, in UTC. */
function timeIn(value: RmqHeader | undefined): number | undefined {
  const ms = Date.parse(`${textIn(value)} UTC`);
  return Number.isNaN(ms) ? undefined : microsOf(ms);
}
