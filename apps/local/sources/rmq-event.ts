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
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (Buffer.isBuffer(value)) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map(headerOf);
  if (typeof value !== "object" || value === null) return null;
  return isTimestamp(value) ? timestampText(value.value) : tableOf(value);
}

const tableOf = (table: object): RmqHeader =>
  Object.fromEntries(Object.entries(table).map(([name, value]) => [name, headerOf(value)]));

/** As amqplib reads AMQP's type of that name: seconds since the Unix epoch. */
const isTimestamp = (value: object): value is { value: number } =>
  "!" in value && value["!"] === "timestamp" && "value" in value && Number.isFinite(value.value);

const orNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

const inWords = new Intl.DateTimeFormat("en-US", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "UTC",
});
/** The end of JavaScript's own calendar, as of ECMAScript's time values. */
const LAST_SECOND = 8.64e12;
let lastText: { seconds: number; text: string } | undefined;

/**
 * `Jan 1, 1970, 12:33:41 AM`; of one second's messages written once.
 *
 * @returns null for what is beyond the calendar: microseconds, say, that were taken for seconds
 */
export function timestampText(seconds: number): string | null {
  if (Math.abs(seconds) > LAST_SECOND) return null;
  if (lastText?.seconds !== seconds) {
    lastText = { seconds, text: inWords.format(seconds * 1_000).replaceAll("\u202f", " ") };
  }
  return lastText.text;
}
