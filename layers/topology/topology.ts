import { tickRoutingKey } from "../core/alerting/tick.ts";
import { MEASUREMENT_TYPE } from "../core/measurement-event.ts";
import { LOGICAL_PARTITIONS, partitionKey } from "../core/partition.ts";
import type { TopicExchange } from "../core/payloads.ts";

// THE table of exchanges, queues and bindings. The deploy-time function and the local runtime declare it, CDK
// makes an event source and an alarm of every enabled queue, and the health endpoint reports on each.

export type ExchangeName =
  | TopicExchange
  | "dead.letters"
  | "retry.return"
  | "retry.1s"
  | "retry.5s"
  | "retry.30s";

export interface Exchange {
  name: ExchangeName;
  type: "topic" | "direct" | "fanout";
  /** Takes what no queue of this exchange is bound to. */
  alternate?: ExchangeName;
}

export interface Queue {
  name: string;
  /**
   * `work`: a consumer's own. `rung`: holds messages for a while, then returns them. `dead`: the dead letters.
   * `stream`: allowed to forget. The kind decides the queue's arguments: see `queueArguments`.
   */
  kind: "work" | "rung" | "dead" | "stream";
  /** The function that consumes it; none for the rungs. */
  consumer?: string;
  /** A queue whose consumer is not there yet is not declared: it would only grow. */
  enabled: boolean;
  /** Raised when the arguments change, since RabbitMQ refuses to change them in place (406). */
  version: number;
  /** Of a rung: how long it holds a message. */
  delayMs?: number;
  /** Of a partitioned family: which of its queues this is. */
  partition?: { family: string; index: number };
}

export interface Binding {
  exchange: ExchangeName;
  /** The queue's name in this table, not its versioned one. */
  queue: string;
  key: string;
}

export interface Topology {
  exchanges: readonly Exchange[];
  queues: readonly Queue[];
  bindings: readonly Binding[];
}

export interface TopologyOptions {
  /**
   * How many queues the sixteen logical partitions are spread over, 1 to 16: the concurrency of recording.
   * @default 4
   */
  partitions?: number;
}

export const DEFAULT_PARTITIONS = 4;

/** The retry ladder of BUS-10: after each rung one more try, after the last the dead letters. */
export const rungs = [
  { exchange: "retry.1s", delayMs: 1_000 },
  { exchange: "retry.5s", delayMs: 5_000 },
  { exchange: "retry.30s", delayMs: 30_000 },
] as const;

export const DEAD_LETTER_EXCHANGE = "dead.letters";
export const RETURN_EXCHANGE = "retry.return";
export const DEAD_LETTER_QUEUE = "dlq.dead_letters";

const topic = (name: TopicExchange): Exchange => ({ name, type: "topic" });

const exchanges: readonly Exchange[] = [
  topic("models.events"),
  topic("metrics.events"),
  topic("errors.events"),
  topic("logs.events"),
  topic("domain.events"),
  { name: DEAD_LETTER_EXCHANGE, type: "topic" },
  { name: RETURN_EXCHANGE, type: "direct", alternate: DEAD_LETTER_EXCHANGE },
  ...rungs.map(({ exchange }): Exchange => ({ name: exchange, type: "fanout" })),
];

/** One line per work queue: consumer, whether it is there yet, and what it is bound to. */
const workQueues: readonly {
  name: string;
  consumer: string;
  enabled: boolean;
  from: readonly (readonly [TopicExchange, ...string[]])[];
}[] = [
  { name: "audit.trail", consumer: "append-audit", enabled: true, from: [["models.events", "model.#"]] },
  {
    name: "metrics.updates",
    consumer: "count-usage",
    enabled: true,
    from: [
      ["models.events", "model.#", "filter.executed"],
      ["metrics.events", "api.latency"],
      ["errors.events", "api.error"],
    ],
  },
  { name: "alerts.critical", consumer: "notify", enabled: true, from: [["errors.events", "#"]] },
  { name: "logging.errors", consumer: "index-logs", enabled: true, from: [["errors.events", "#"]] },
  {
    name: "analytics.events",
    consumer: "archive-events",
    enabled: true,
    from: [
      ["models.events", "#"],
      ["errors.events", "#"],
      ["domain.events", "#"],
      ["metrics.events", "api.#", "metric.#"],
    ],
  },
  { name: "logs.entries", consumer: "index-logs", enabled: true, from: [["logs.events", "#"]] },
  {
    name: "registry.changes",
    consumer: "follow-registry",
    enabled: true,
    from: [["domain.events", "device.#", "user.deleted"]],
  },
];

/** Families of queues over which the logical partitions are spread. */
export const partitionedFamilies: readonly {
  family: string;
  consumer: string;
  enabled: boolean;
  /** Whether ticks run behind its measurements. */
  ticks: boolean;
}[] = [
  { family: "telemetry.points", consumer: "record-points", enabled: true, ticks: false },
  { family: "telemetry.rules", consumer: "evaluate-rules", enabled: true, ticks: true },
];

export const STREAM_QUEUE = "telemetry.stream";

/** The table for one environment. */
export function topology({ partitions = DEFAULT_PARTITIONS }: TopologyOptions = {}): Topology {
  const families = partitionedFamilies.flatMap((row) => familyQueues(row, partitions));
  const queues: Queue[] = [
    ...workQueues.map(
      ({ name, consumer, enabled }): Queue => ({ name, kind: "work", consumer, enabled, version: 1 }),
    ),
    ...families,
    { name: STREAM_QUEUE, kind: "stream", consumer: "push-stream", enabled: true, version: 1 },
    ...rungs.map(
      ({ exchange, delayMs }): Queue => ({
        name: exchange,
        kind: "rung",
        enabled: true,
        version: 1,
        delayMs,
      }),
    ),
    { name: DEAD_LETTER_QUEUE, kind: "dead", consumer: "record-dead-letters", enabled: true, version: 1 },
  ];
  return { exchanges, queues, bindings: bindingsOf(queues) };
}

/** Every key under which measurements travel: one per logical partition, and the bare one with the first. */
export function measurementKeys(belongs: (partition: number) => boolean): string[] {
  const keys = Array.from({ length: LOGICAL_PARTITIONS }, (_, partition) => partition)
    .filter(belongs)
    .map((partition) => `${MEASUREMENT_TYPE}.${partitionKey(partition)}`);
  return belongs(0) ? [MEASUREMENT_TYPE, ...keys] : keys;
}

/** Every key under which ticks travel, as `measurementKeys`. */
export const tickKeys = (belongs: (partition: number) => boolean): string[] =>
  Array.from({ length: LOGICAL_PARTITIONS }, (_, partition) => partition)
    .filter(belongs)
    .map(tickRoutingKey);

export const familyQueueName = (family: string, index: number): string => `${family}.${index}`;

function familyQueues(row: (typeof partitionedFamilies)[number], partitions: number): Queue[] {
  const { family, consumer, enabled } = row;
  return Array.from({ length: partitions }, (_, index) => ({
    name: familyQueueName(family, index),
    kind: "work",
    consumer,
    enabled,
    version: 1,
    partition: { family, index },
  }));
}

function bindingsOf(queues: readonly Queue[]): Binding[] {
  const fromTable = workQueues.flatMap(({ name, from }) =>
    from.flatMap(([exchange, ...keys]) => keys.map((key): Binding => ({ exchange, queue: name, key }))),
  );
  const sizeOf = (family: string) => queues.filter((queue) => queue.partition?.family === family).length;
  const partitioned = queues.flatMap(({ name, partition }) => {
    if (!partition) return [];
    const size = sizeOf(partition.family);
    const belongs = (logical: number) => logical % size === partition.index;
    const ticks = partitionedFamilies.find(({ family }) => family === partition.family)?.ticks ?? false;
    const keys = [...measurementKeys(belongs), ...(ticks ? tickKeys(belongs) : [])];
    return keys.map((key): Binding => ({ exchange: "metrics.events", queue: name, key }));
  });
  const returning = queues
    .filter(({ kind }) => kind === "work" || kind === "stream")
    .flatMap((queue) =>
      returnKeys(queue, sizeOf).map(
        (key): Binding => ({ exchange: RETURN_EXCHANGE, queue: queue.name, key }),
      ),
    );
  return [
    ...fromTable,
    ...partitioned,
    ...measurementKeys(() => true).map(
      (key): Binding => ({ exchange: "metrics.events", queue: STREAM_QUEUE, key }),
    ),
    ...returning,
    ...rungs.map(({ exchange }): Binding => ({ exchange, queue: exchange, key: "" })),
    { exchange: DEAD_LETTER_EXCHANGE, queue: DEAD_LETTER_QUEUE, key: "#" },
  ];
}

/**
 * A message on a rung comes back under the name of the queue it failed in. Of a partitioned family every name
 * there could ever be leads somewhere, so that a retry survives a change of the number of partitions.
 */
function returnKeys({ name, partition }: Queue, sizeOf: (family: string) => number): string[] {
  if (!partition) return [name];
  const { family, index } = partition;
  return Array.from({ length: LOGICAL_PARTITIONS }, (_, i) => i)
    .filter((i) => i % sizeOf(family) === index)
    .map((i) => familyQueueName(family, i));
}
