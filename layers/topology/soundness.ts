import { LOGICAL_PARTITIONS } from "../core/partition.ts";
import { payloads } from "../core/payloads.ts";
import { type Binding, type Queue, RETURN_EXCHANGE, type Topology } from "./topology.ts";

/**
 * Checks a topology whole, before anything connects.
 *
 * @returns a sentence per mistake, naming both ends: *binding "a" —key→ "b": unknown queue "b"*.
 */
export function faultsInTopology(topology: Topology): string[] {
  return [...faultsInExchanges(topology), ...faultsInQueues(topology), ...faultsInBindings(topology)];
}

function faultsInExchanges({ exchanges }: Topology): string[] {
  const known = new Set<string>(exchanges.map(({ name }) => name));
  return [
    ...twice(exchanges.map(({ name }) => `exchange "${name}"`)),
    ...exchanges
      .filter(({ alternate }) => alternate && !known.has(alternate))
      .map(({ name, alternate }) => `exchange "${name}": unknown alternate exchange "${alternate}"`),
    ...payloads
      .filter(({ exchange }) => !known.has(exchange))
      .map(({ type, exchange }) => `payload "${type}": unknown exchange "${exchange}"`),
  ];
}

function faultsInQueues({ queues, bindings }: Topology): string[] {
  const fed = new Set(bindings.filter((binding) => !isReturn(binding)).map(({ queue }) => queue));
  const returned = new Set(bindings.filter(isReturn).map(({ queue, key }) => `${queue} ${key}`));
  return [
    ...twice(queues.map(({ name }) => `queue "${name}"`)),
    ...queues
      .filter(({ name }) => !fed.has(name))
      .map(({ name }) => `queue "${name}": no exchange is bound to it`),
    ...queues
      .filter(({ kind, name }) => kind === "work" && !returned.has(`${name} ${name}`))
      .map(({ name }) => `queue "${name}": no way back to it from "${RETURN_EXCHANGE}"`),
    ...queues
      .filter(({ kind, consumer }) => kind !== "rung" && !consumer)
      .map(({ name }) => `queue "${name}": no function consumes it`),
    ...queues
      .filter(({ kind, delayMs }) => (kind === "rung") !== (delayMs !== undefined))
      .map(({ name }) => `queue "${name}": a rung, and only a rung, has a delay`),
  ];
}

function faultsInBindings({ exchanges, queues, bindings }: Topology): string[] {
  const exchangeNames = new Set<string>(exchanges.map(({ name }) => name));
  const queueNames = new Set(queues.map(({ name }) => name));
  return [
    ...twice(bindings.map(describe)),
    ...bindings
      .filter(({ exchange }) => !exchangeNames.has(exchange))
      .map((binding) => `${describe(binding)}: unknown exchange "${binding.exchange}"`),
    ...bindings
      .filter(({ queue }) => !queueNames.has(queue))
      .map((binding) => `${describe(binding)}: unknown queue "${binding.queue}"`),
  ];
}

/**
 * Checks the two tables against each other: every queue's consumer is a function that consumes it, and every
 * function consumes queues that are there.
 */
export function faultsBetween(
  { queues }: Topology,
  consumed: readonly { function: string; queue: string }[],
): string[] {
  const byName = new Map(queues.map((queue) => [queue.name, queue]));
  const pairs = new Set(consumed.map((row) => `${row.function} ${row.queue}`));
  return [
    ...queues
      .filter(({ enabled, consumer }) => enabled && consumer)
      .filter(({ name, consumer }) => !pairs.has(`${consumer} ${name}`))
      .map(
        ({ name, consumer }) =>
          `queue "${name}" names the consumer "${consumer}", whose row in the manifest does not consume it`,
      ),
    ...consumed.flatMap((row) => faultInTrigger(row, byName.get(row.queue))),
  ];
}

function faultInTrigger(row: { function: string; queue: string }, queue: Queue | undefined): string[] {
  const what = `function "${row.function}" consumes`;
  if (!queue) return [`${what} the unknown queue "${row.queue}"`];
  if (!queue.enabled) return [`${what} the queue "${row.queue}", which is not enabled`];
  if (queue.consumer !== row.function) {
    return [`${what} the queue "${row.queue}", whose consumer is "${queue.consumer ?? "nobody"}"`];
  }
  return [];
}

export const faultInPartitions = (partitions: number): string | undefined =>
  Number.isInteger(partitions) && partitions >= 1 && partitions <= LOGICAL_PARTITIONS
    ? undefined
    : `expected 1 to ${LOGICAL_PARTITIONS} partitions, got ${partitions}`;

const isReturn = ({ exchange }: Binding): boolean => exchange === RETURN_EXCHANGE;

const describe = ({ exchange, key, queue }: Binding): string =>
  `binding "${exchange}" —${key || "·"}→ "${queue}"`;

const twice = (names: readonly string[]): string[] =>
  [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map((name) => `${name}: twice`);
