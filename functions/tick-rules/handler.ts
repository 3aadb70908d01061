import { eventMessage } from "../../layers/broker/message.ts";
import { tickEvent, tickRoutingKey } from "../../layers/core/alerting/tick.ts";
import { LOGICAL_PARTITIONS } from "../../layers/core/partition.ts";
import { microsOf } from "../../layers/core/time.ts";
import type { Dependencies } from "../dependencies.ts";

export type TickDependencies = Pick<Dependencies, "bus" | "clock" | "logger" | "spool">;

/**
 * Sends a tick behind the measurements of every partition, so that alerts resolve and silences show though a device
 * says nothing. While measurements wait in the spool they are not ahead of any tick: then there is none.
 */
export function createHandler({ bus, clock, logger, spool }: TickDependencies): () => Promise<void> {
  return async () => {
    const at = microsOf(clock.now());
    const { records } = await spool.depth();
    if (records > 0) {
      logger.info("no tick while measurements wait in the spool", { records });
      return;
    }
    const ticks = Array.from({ length: LOGICAL_PARTITIONS }, (_, partition) => ({
      ...eventMessage(tickEvent(partition, at)),
      routingKey: tickRoutingKey(partition),
    }));
    await bus.publish(ticks);
  };
}
