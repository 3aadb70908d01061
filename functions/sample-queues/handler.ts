import { ownMetrics } from "../../layers/core/own-metrics.ts";
import type { Dependencies } from "../dependencies.ts";

export type SampleDependencies = Pick<Dependencies, "broker" | "metrics" | "topology">;

/**
 * Tells how full each queue is and who reads it: RabbitMQ 4 on Amazon MQ says nothing of single queues. It fails where
 * it cannot: the alarms of the queues are blind then, and that must be an alarm of its own.
 */
export function createHandler({ broker, metrics, topology }: SampleDependencies): () => Promise<void> {
  return async () => {
    for (const { queue, ready, consumers } of await broker.depths(topology)) {
      metrics.tell(ownMetrics.queueDepth, ready, queue);
      metrics.tell(ownMetrics.queueConsumers, consumers, queue);
    }
  };
}
