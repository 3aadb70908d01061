import { LOGICAL_PARTITIONS } from "../core/partition.ts";
import { payloads } from "../core/payloads.ts";
import type { Binding, Topology } from "./topology.ts";

/**
 * Checks a topology whole, before anything connects.
 *
 * @returns a sentence per mistake, naming both ends: *binding "a" → "b": unknown queue "b"*.
 */
export function faultsInTopology({ exchanges, queues, bindings }: Topology): string[] {
  const exchangeNames = new Set<string>(exchanges.map(({ name }) => name));
  const queueNames = new Set(queues.map(({ name }) => name));
  const bound = new Set(bindings.map(({ queue }) => queue));
  return [
    ...twice(
      "exchange",
      exchanges.map(({ name }) => name),
    ),
    ...twice(
      "queue",
      queues.map(({ name }) => name),
    ),
    ...twice("binding", bindings.map(describe)),
    ...bindings
      .filter(({ exchange }) => !exchangeNames.has(exchange))
      .map((binding) => `binding ${describe(binding)}: unknown exchange "${binding.exchange}"`),
    ...bindings
      .filter(({ queue }) => !queueNames.has(queue))
      .map((binding) => `binding ${describe(binding)}: unknown queue "${binding.queue}"`),
    ...queues
      .filter(({ name }) => !bound.has(name))
      .map(({ name }) => `queue "${name}": no exchange is bound to it`),
    ...exchanges
      .filter(({ alternate }) => alternate && !exchangeNames.has(alternate))
      .map(({ name, alternate }) => `exchange "${name}": unknown alternate exchange "${alternate}"`),
    ...queues
      .filter(({ kind, consumer }) => kind !== "rung" && !consumer)
      .map(({ name }) => `queue "${name}": no function consumes it`),
    ...queues
      .filter(({ kind, delayMs }) => (kind === "rung") !== (delayMs !== undefined))
      .map(({ name }) => `queue "${name}": a rung, and only a rung, has a delay`),
    ...payloads
      .filter(({ exchange }) => !exchangeNames.has(exchange))
      .map(({ type, exchange }) => `payload "${type}": unknown exchange "${exchange}"`),
  ];
}

/** Every queue's consumer must be a function of the manifest, and consume that queue there. */
export function faultsBetween(
  { queues }: Topology,
  consumed: readonly { function: string; queue: string }[],
): string[] {
  const consumers = new Map(consumed.map((row) => [row.queue, row.function]));
  const known = new Set(queues.map(({ name }) => name));
  return [
    ...queues
      .filter(
        ({ enabled, consumer, kind, name }) =>
          enabled && consumer && kind === "work" && consumers.get(name) !== consumer,
      )
      .map(
        ({ name, consumer }) =>
          `queue "${name}" names the consumer "${consumer}", whose row in the manifest does not consume it`,
      ),
    ...consumed
      .filter(({ queue }) => !known.has(queue))
      .map((row) => `function "${row.function}" consumes the unknown queue "${row.queue}"`),
  ];
}

export const faultInPartitions = (partitions: number): string | undefined =>
  Number.isInteger(partitions) && partitions >= 1 && partitions <= LOGICAL_PARTITIONS
    ? undefined
    : `expected 1 to ${LOGICAL_PARTITIONS} partitions, got ${partitions}`;

const describe = ({ exchange, key, queue }: Binding): string => `"${exchange}" —${key || "·"}→ "${queue}"`;

function twice(what: string, names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map(
    (name) => `${what} ${name}: twice`,
  );
}
