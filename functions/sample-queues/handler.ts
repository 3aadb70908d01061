import { UnavailableError } from "../../layers/core/errors.ts";
import { ownMetrics } from "../../layers/core/own-metrics.ts";
import type { Dependencies } from "../dependencies.ts";

export type SampleDependencies = Pick<Dependencies, "broker" | "logger" | "metrics" | "topology">;

/**
 * Tells how full each queue is and who reads it: RabbitMQ 4 on Amazon MQ says nothing of single queues. While the
 * broker is away it tells nothing, and the alarms take silence for what it is.
 */
export function createHandler({
  broker,
  logger,
  metrics,
  topology,
}: SampleDependencies): () => Promise<void> {
  return async () => {
    try {
      for (const { queue, ready, consumers } of await broker.depths(topology)) {
        metrics.tell(ownMetrics.queueDepth, ready, queue);
        metrics.tell(ownMetrics.queueConsumers, consumers, queue);
      }
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      logger.warn("the queues were not sampled: the broker is away", { error });
    }
  };
}
