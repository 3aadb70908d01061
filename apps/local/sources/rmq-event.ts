import type { ConsumeMessage } from "amqplib";
import type { RmqEvent, RmqHeader, RmqMessage } from "../../../layers/lambda/rabbitmq-event.ts";

// What AWS's poller makes of AMQP messages ("Using Lambda with Amazon MQ"): text headers as byte arrays, the body
// in base64, the timestamp as text. No exchange, no routing key, no delivery tag.

const BROKER_ARN = "arn:aws:mq:local:000000000000:broker:local:b-00000000-0000-0000-0000-000000000000";
const VHOST = "/";

export function rmqEvent(queue: string, messages: readonly ConsumeMessage[]): RmqEvent {
  return {
    eventSource: "aws:rmq",
    eventSourceArn: BROKER_ARN,
    rmqMessagesByQueue: { [`${queue}::${VHOST}`]: messages.map(rmqMessage) },
  };
}

function rmqMessage({ content, properties, fields }: ConsumeMessage): RmqMessage {
  return {
    basicProperties: {
      contentType: orNull(properties.contentType),
      contentEncoding: orNull(properties.contentEncoding),
      headers: headersOf(properties.headers),
      deliveryMode: properties.deliveryMode ?? null,
      priority: properties.priority ?? null,
      correlationId: orNull(properties.correlationId),
      replyTo: orNull(properties.replyTo),
      expiration: orNull(properties.expiration),
      messageId: orNull(properties.messageId),
      timestamp: typeof properties.timestamp === "number" ? timestampText(properties.timestamp) : null,
      type: orNull(properties.type),
      userId: orNull(properties.userId),
      appId: orNull(properties.appId),
      clusterId: orNull(properties.clusterId),
      bodySize: content.length,
    },
    redelivered: fields.redelivered,
    data: content.toString("base64"),
  };
}

function headersOf(headers: Readonly<Record<string, unknown>> | undefined): Record<string, RmqHeader> | null {
  const entries = Object.entries(headers ?? {});
  return entries.length > 0
    ? Object.fromEntries(entries.map(([name, value]) => [name, headerOf(value)]))
    : null;
}

function headerOf(value: unknown): RmqHeader {
  if (typeof value === "string") return { bytes: [...Buffer.from(value)] };
  return typeof value === "number" || typeof value === "boolean" ? value : null;
}

const orNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

const inWords = new Intl.DateTimeFormat("en-US", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "UTC",
});
let lastText: { seconds: number; text: string } | undefined;

/** `Jan 1, 1970, 12:33:41 AM`; of one second's messages written once. */
export function timestampText(seconds: number): string {
  if (lastText?.seconds !== seconds) {
    lastText = { seconds, text: inWords.format(seconds * 1_000).replaceAll("\u202f", " ") };
  }
  return lastText.text;
}
