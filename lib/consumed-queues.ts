import type { FunctionRow } from "../functions/manifest-row.ts";
import { faultsBetween, faultsInTopology } from "../layers/topology/soundness.ts";
import type { Queue, Topology } from "../layers/topology/topology.ts";

export interface ConsumedQueue {
  row: FunctionRow;
  queue: Queue;
  batchSize: number;
  windowSeconds: number | undefined;
}

/**
 * The enabled queues that these functions consume: each queue of a partitioned family is one.
 *
 * @throws {Error} with a sentence per mistake, if the manifest and the topology do not fit
 */
export function consumedQueues(rows: readonly FunctionRow[], topology: Topology): ConsumedQueue[] {
  const consumed = rows.flatMap((row) =>
    row.triggers.flatMap((trigger) => {
      if (trigger.kind !== "queue") return [];
      const { batchSize, windowSeconds } = trigger;
      return queuesNamed(trigger.queue, topology).map((queue) => ({ row, queue, batchSize, windowSeconds }));
    }),
  );
  const named = consumed.map(({ row, queue }) => ({ function: row.name, queue: queue.name }));
  const faults = [...faultsInTopology(topology), ...faultsBetween(topology, named)];
  if (faults.length > 0) throw new Error(`the topology is not sound: ${faults.join("; ")}`);
  return consumed.filter(({ queue }) => queue.enabled);
}

function queuesNamed(name: string, { queues }: Topology): Queue[] {
  const found = queues.filter((queue) => queue.name === name || queue.partition?.family === name);
  if (found.length === 0) throw new Error(`functions/manifest.ts: layers/topology has no queue "${name}"`);
  return found;
}
