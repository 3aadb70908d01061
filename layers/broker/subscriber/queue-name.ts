import { partitionedFamilies, topology } from "../../topology/topology.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.:-]*$/;
const MAX_LENGTH = 200;
/** RabbitMQ's own, and the platform's families of queues. */
const RESERVED_PREFIXES = [
  "amq.",
  "dlq.",
  "retry.",
  ...partitionedFamilies.map(({ family }) => `${family}.`),
];

const platformQueues: ReadonlySet<string> = new Set(topology().queues.map(({ name }) => name));

/**
 * What is wrong with a subscriber's queue name, as a sentence. The platform's own queues are not to be shared: who
 * consumed from one would take its messages away.
 */
export function faultInQueueName(name: string): string | undefined {
  if (name.length > MAX_LENGTH) return `expected at most ${MAX_LENGTH} characters, got ${name.length}`;
  if (!NAME.test(name)) {
    return `expected letters, digits, _, ., : and -, and a letter or digit first, got "${name}"`;
  }
  // A later version of a queue has the version behind its name.
  if (platformQueues.has(name.replace(/\.v\d+$/, ""))) return `"${name}" is a queue of the platform's own`;
  const prefix = RESERVED_PREFIXES.find((reserved) => name.startsWith(reserved));
  return prefix ? `names that begin with "${prefix}" are reserved` : undefined;
}
