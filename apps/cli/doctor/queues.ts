import { LOGICAL_PARTITIONS } from "../../../layers/core/partition.ts";
import { physicalName } from "../../../layers/topology/queue-arguments.ts";
import { DEAD_LETTER_QUEUE, type Queue, topology } from "../../../layers/topology/topology.ts";
import type { DetailedHealth } from "../answers.ts";
import { Trouble } from "./trouble.ts";

type Depth = DetailedHealth["queues"][number];

/** Every queue that there may be, over however many the partitions are spread. */
const known = topology({ partitions: LOGICAL_PARTITIONS }).queues.filter(({ enabled }) => enabled);
const deadLetters = known.find(({ name }) => name === DEAD_LETTER_QUEUE);

export function checkQueues({ queues }: DetailedHealth): string {
  const byName = new Map(queues.map((depth) => [depth.queue, depth]));
  const missing = known.filter((queue) => mustBeThere(queue) && !byName.has(physicalName(queue)));
  if (missing.length > 0) {
    throw new Trouble(
      `not on the broker: ${missing.map(physicalName).join(", ")}`,
      "start the platform again: it declares its queues at each start (on AWS, at each deploy)",
    );
  }
  const consumed = new Set(known.filter(isConsumed).map(physicalName));
  const idle = queues.filter(({ queue, consumers }) => consumers === 0 && consumed.has(queue));
  if (idle.length > 0) {
    throw new Trouble(
      `nobody consumes ${idle.map(describe).join(", ")}`,
      "is the platform still starting? Else look in its log for the consumer that ended",
    );
  }
  return [`${queues.length} declared`, ...queues.map(describe)].join("\n");
}

/** Those recorded, and those that wait to be. */
export function checkDeadLetters({ queues, dead_letters }: DetailedHealth): string {
  const waiting = queues.find(({ queue }) => deadLetters && queue === physicalName(deadLetters))?.ready ?? 0;
  const count = (dead_letters ?? 0) + waiting;
  if (count === 0) return "none";
  throw new Trouble(
    `${count} events failed for good`,
    "telemetry dead-letters list says where and why; once the reason is gone, telemetry dead-letters replay " +
      "sends them back",
  );
}

/** Of a partitioned family the first queue always is; how many more there are is a setting. */
const mustBeThere = ({ partition }: Queue): boolean => partition === undefined || partition.index === 0;

const isConsumed = ({ consumer }: Queue): boolean => consumer !== undefined;

const describe = (depth: Depth): string =>
  `${depth.queue} (${depth.ready} ready, ${depth.consumers} consumers)`;
