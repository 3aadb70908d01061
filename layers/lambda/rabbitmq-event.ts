import type { Delivery } from "../broker/delivery.ts";

// The event that AWS hands a Lambda for a RabbitMQ event source ("Using Lambda with Amazon MQ", AWS Lambda
// Developer Guide). It has neither exchange nor routing key: what a consumer needs is in the envelope.

/** Text comes as its bytes; numbers plain. */
export type RmqHeader = { bytes: number[] } | number | string | boolean | null;

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
function logicalQueue(key: string): string {
  return key.slice(0, key.lastIndexOf("::")).replace(/\.v\d+$/, "");
}

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
  };
}

function plainHeaders(given: Record<string, RmqHeader>): Record<string, string | number> {
  const plain: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "string" || typeof value === "number") plain[name] = value;
    else if (value && typeof value === "object" && Array.isArray(value.bytes)) {
      plain[name] = Buffer.from(value.bytes).toString("utf8");
    }
  }
  return plain;
}
