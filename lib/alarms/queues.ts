import { OWN_NAMESPACE, type OwnMetric, ownMetrics } from "../../layers/core/own-metrics.ts";
import { physicalName } from "../../layers/topology/queue-arguments.ts";
import { DEAD_LETTER_QUEUE, type Queue, topology } from "../../layers/topology/topology.ts";
import { type AlarmRow, type Metric, minutes, type Watched } from "./alarm-row.ts";

/** As layers/lambda/environment/metrics.ts writes it. */
export const ownMetric = (
  { name, by }: OwnMetric,
  environment: string,
  service: string,
  of?: string,
  statistic: Metric["statistic"] = "Maximum",
): Metric => ({
  namespace: OWN_NAMESPACE,
  name,
  dimensions: { service, environment, ...(by && of !== undefined && { [by]: of }) },
  statistic,
});

/** Messages at which a queue is deep, by its kind. The stream's holds 1,000 and drops the rest. */
const deep: Readonly<Record<Queue["kind"], number>> = { work: 20_000, rung: 5_000, dead: 1_000, stream: 900 };

/** Longer than anything that is retried while a store is away (45 s), many times over. */
const LATE_SECONDS = 300;

export function queueAlarms({ settings }: Watched): AlarmRow[] {
  const { queues } = topology({ partitions: settings.partitions });
  const { name: environment } = settings;
  return queues
    .filter(({ enabled }) => enabled)
    .flatMap((queue) => [
      depthAlarm(queue, environment),
      ...(queue.consumer === undefined || queue.kind === "stream" ? [] : [unreadAlarm(queue, environment)]),
      ...(queue.kind === "work" || queue.kind === "dead"
        ? [delayAlarm(queue, queue.consumer ?? "", environment)]
        : []),
    ])
    .concat(deadLetterAlarm(environment));
}

const sampled = (metric: OwnMetric, environment: string, queue: Queue, statistic?: Metric["statistic"]) =>
  ownMetric(metric, environment, "sample-queues", physicalName(queue), statistic);

/** What may forget wakes nobody: it has an article of its own, since those of an article tell people together. */
const depthAlarm = (queue: Queue, environment: string): AlarmRow => ({
  article: queue.kind === "stream" ? "stream-behind" : "queue-depth",
  of: physicalName(queue),
  severity: queue.kind === "stream" ? "warn" : "page",
  means: `over ${deep[queue.kind]} messages wait in the queue ${physicalName(queue)}`,
  measured: sampled(ownMetrics.queueDepth, environment, queue, "Minimum"),
  breaches: { above: deep[queue.kind] },
  ...minutes(10),
  silence: "notBreaching",
});

/** A queue that nobody reads is no trouble while nothing is in it. */
const unreadAlarm = (queue: Queue, environment: string): AlarmRow => ({
  article: "queue-unread",
  of: physicalName(queue),
  severity: "page",
  means: `messages wait in the queue ${physicalName(queue)}, and nobody reads it`,
  measured: {
    formula: "IF(depth > 0 AND consumers < 1, 1, 0)",
    of: {
      depth: sampled(ownMetrics.queueDepth, environment, queue, "Minimum"),
      consumers: sampled(ownMetrics.queueConsumers, environment, queue),
    },
  },
  breaches: { above: 0 },
  ...minutes(5),
  silence: "notBreaching",
});

/**
 * What waits, by what is handled a second, is how long the last in the queue waits (Little's law): the age that the
 * oldest will have. RabbitMQ itself does not tell it of quorum queues.
 */
const delayAlarm = (queue: Queue, consumer: string, environment: string): AlarmRow => ({
  article: "queue-delay",
  of: physicalName(queue),
  severity: "page",
  means: `what comes into the queue ${physicalName(queue)} now waits for over ${LATE_SECONDS / 60} minutes`,
  measured: {
    formula: "IF(depth > 0, depth / ((FILL(handled, 0) + 0.001) / 60), 0)",
    of: {
      depth: sampled(ownMetrics.queueDepth, environment, queue, "Minimum"),
      handled: ownMetric(ownMetrics.queueHandled, environment, consumer, physicalName(queue), "Sum"),
    },
  },
  breaches: { above: LATE_SECONDS },
  ...minutes(10),
  silence: "notBreaching",
});

const deadLetterAlarm = (environment: string): AlarmRow => ({
  article: "dead-letters",
  severity: "warn",
  means: "messages went to the dead letters: each waits for somebody to replay or to discard it",
  measured: ownMetric(ownMetrics.queueHandled, environment, "record-dead-letters", DEAD_LETTER_QUEUE, "Sum"),
  breaches: { above: 0 },
  periodSeconds: 300,
  periods: { of: 1, breaching: 1 },
  silence: "notBreaching",
});
