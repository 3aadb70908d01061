import { MEASUREMENT_TYPE } from "../../layers/core/measurement-event.ts";
import { exchangeOf, type PayloadRow, payloads, type TopicExchange } from "../../layers/core/payloads.ts";
import { matches, topicExchanges } from "../../layers/topology/patterns.ts";
import { physicalName } from "../../layers/topology/queue-arguments.ts";
import { DEAD_LETTER_EXCHANGE, type Queue, type Topology } from "../../layers/topology/topology.ts";
import type { FunctionRow } from "../manifest-row.ts";
import { ENVELOPE, envelopeSchema, eventSchemaOf, measurementEventSchema } from "./event-schema.ts";

type JsonObject = Record<string, unknown>;

export interface BusInput {
  manifest: readonly FunctionRow[];
  topology: Topology;
  version: string;
}

/** Any type that has no row: it goes by its prefix, and its payload is free. */
const OTHER = "other";
const BINDING_VERSION = "0.3.0";

/** What travels on the bus. A message of which consumers know more than the envelope has a schema of its own. */
const messageNames = [...payloads.map(({ type }) => type), MEASUREMENT_TYPE, OTHER];

/**
 * The AsyncAPI 3.0 document of the bus: a channel per topic exchange, to which applications publish, and one per
 * queue (or family of partitioned queues) that a function consumes.
 */
export function asyncApiDocument({ manifest, topology, version }: BusInput): JsonObject {
  const consumed = consumedQueues(topology);
  return {
    asyncapi: "3.0.0",
    info: {
      title: "telemetry-bus",
      version,
      description:
        "Events on RabbitMQ: CloudEvents 1.0 with `correlation_id`. The type is the routing key and decides the " +
        "exchange. Publish persistent messages with `mandatory` and confirms; the HTTP API takes events, too.",
      license: { name: "MIT" },
    },
    defaultContentType: "application/cloudevents+json",
    servers: { broker },
    channels: {
      ...Object.fromEntries(topicExchanges.map((exchange) => [exchange, exchangeChannel(exchange)])),
      ...Object.fromEntries(consumed.map((queue) => [channelId(queue), queueChannel(queue, topology)])),
    },
    operations: {
      ...Object.fromEntries(topicExchanges.map((exchange) => [`publish.${exchange}`, published(exchange)])),
      ...Object.fromEntries(
        consumed.map((queue) => [`${queue.consumer}.${familyOf(queue)}`, consumption(queue, manifest)]),
      ),
    },
    components: {
      messages: Object.fromEntries(messageNames.map((name) => [name, messageOf(name)])),
      schemas: { [ENVELOPE]: envelopeSchema() },
      securitySchemes: { broker: { type: "userPassword" } },
    },
  };
}

const broker = {
  host: "{host}:{port}",
  protocol: "amqp",
  protocolVersion: "0.9.1",
  description: "Within the network only. Amazon MQ takes TLS alone: amqps, port 5671.",
  variables: { host: { default: "127.0.0.1" }, port: { default: "5672" } },
  security: [{ $ref: "#/components/securitySchemes/broker" }],
};

type Consumed = Queue & { consumer: string };

/** One per family: its queues differ in nothing but their number. */
function consumedQueues({ queues }: Topology): Consumed[] {
  return queues.filter(
    (queue): queue is Consumed =>
      queue.enabled && queue.consumer !== undefined && (queue.partition?.index ?? 0) === 0,
  );
}

const familyOf = ({ name, partition }: Queue): string => partition?.family ?? name;
const channelId = (queue: Queue): string => `queue.${familyOf(queue)}`;

const vhost = "/";

function exchangeChannel(exchange: TopicExchange): JsonObject {
  return {
    address: "{type}",
    title: exchange,
    description: `The topic exchange ${exchange}. The routing key is the event's type.`,
    parameters: { type: { description: "The event's type" } },
    messages: messageRefs(messageNames.filter((name) => name === OTHER || exchangeOf(name) === exchange)),
    bindings: {
      amqp: {
        is: "routingKey",
        exchange: { name: exchange, type: "topic", durable: true, autoDelete: false, vhost },
        bindingVersion: BINDING_VERSION,
      },
    },
  };
}

function queueChannel(queue: Consumed, topology: Topology): JsonObject {
  const family = familyOf(queue);
  const members = topology.queues.filter((other) => familyOf(other) === family).map(({ name }) => name);
  const bindings = topology.bindings.filter(
    (binding) => members.includes(binding.queue) && isFed(binding.exchange),
  );
  const name = queue.partition ? `${family}.{partition}` : physicalName(queue);
  return {
    address: name,
    title: family,
    description: `Bound to ${bindings.map(({ exchange, key }) => `\`${key}\` of ${exchange}`).join(", ")}.`,
    ...(queue.partition && { parameters: { partition: { description: "A number from 0" } } }),
    messages: messageRefs(messageNames.filter((message) => isBound(bindings, message))),
    bindings: {
      amqp: {
        is: "queue",
        queue: { name, durable: true, exclusive: false, autoDelete: false, vhost },
        bindingVersion: BINDING_VERSION,
      },
    },
    "x-bindings": bindings.map(({ exchange, key }) => ({ exchange, key })),
  };
}

/** Not by the way back from a rung, which every queue has. */
const isFed = (exchange: string): boolean =>
  exchange === DEAD_LETTER_EXCHANGE || topicExchanges.some((topic) => topic === exchange);

function isBound(bindings: readonly { exchange: string; key: string }[], message: string): boolean {
  return bindings.some(({ exchange, key }) => {
    if (exchange === DEAD_LETTER_EXCHANGE) return true;
    if (message === OTHER) return /[*#]/.test(key);
    return exchange === exchangeOf(message) && matches(key, message);
  });
}

const messageRefs = (names: readonly string[]): JsonObject =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]));

/** The platform takes what applications publish. */
const published = (exchange: TopicExchange): JsonObject => ({
  action: "receive",
  channel: { $ref: `#/channels/${exchange}` },
  title: `Publish to ${exchange}`,
  summary: `What applications and the platform itself publish to ${exchange}`,
  bindings: {
    amqp: { mandatory: true, deliveryMode: 2, timestamp: true, bindingVersion: BINDING_VERSION },
  },
});

const consumption = (queue: Consumed, manifest: readonly FunctionRow[]): JsonObject => ({
  action: "receive",
  channel: { $ref: `#/channels/${channelId(queue)}` },
  title: queue.consumer,
  summary: manifest.find(({ name }) => name === queue.consumer)?.summary ?? queue.consumer,
  bindings: { amqp: { ack: true, bindingVersion: BINDING_VERSION } },
});

function messageOf(name: string): JsonObject {
  const row = payloads.find(({ type }) => type === name);
  return {
    name,
    title: name === OTHER ? "Any other event" : name,
    summary: summaryOf(name, row),
    contentType: "application/cloudevents+json",
    correlationId: {
      location: "$message.payload#/correlation_id",
      description: "Also AMQP's property of that name",
    },
    payload: payloadOf(name, row),
    bindings: { amqp: { messageType: name === OTHER ? "{type}" : name, bindingVersion: BINDING_VERSION } },
  };
}

function summaryOf(name: string, row: PayloadRow | undefined): string {
  if (row) return row.summary;
  return name === MEASUREMENT_TYPE
    ? "Measurements of one logical partition, as the ingest functions publish them"
    : "Any other type: `<domain>.<entity>.<action>`, with a free payload";
}

function payloadOf(name: string, row: PayloadRow | undefined): JsonObject {
  if (row) return eventSchemaOf(row);
  return name === MEASUREMENT_TYPE
    ? measurementEventSchema(name)
    : { $ref: `#/components/schemas/${ENVELOPE}` };
}
