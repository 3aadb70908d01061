import { type ConnectionOptions, closeQuietly, openConnection } from "../../layers/broker/connection.ts";
import { declareTopology } from "../../layers/broker/declare.ts";
import type { Dependencies } from "../dependencies.ts";

export type DeclareDependencies = Pick<Dependencies, "topology" | "logger"> & {
  /** As the broker's administrator. Asked for at each run, since the broker may have to be waited for. */
  administrator: () => Promise<Administrator>;
};

export interface Administrator {
  connection: ConnectionOptions;
  /**
   * Makes the services' users of the broker, and renews what they log in with. None where all share one, as on one
   * machine. @returns the services whose credentials were renewed
   */
  provisionUsers?: () => Promise<string[]>;
}

/** At each deploy, and by the clock: a retired queue goes once nobody consumes it, and credentials grow old. */
export function createHandler({ topology, logger, administrator }: DeclareDependencies): () => Promise<void> {
  return async () => {
    const { connection, provisionUsers } = await administrator();
    const opened = await openConnection(connection);
    try {
      await declareTopology(opened, topology);
    } finally {
      await closeQuietly(opened);
    }
    const { exchanges, queues, bindings } = topology;
    logger.info("topology declared", {
      exchanges: exchanges.length,
      queues: queues.length,
      bindings: bindings.length,
    });
    const renewed = await provisionUsers?.();
    if (renewed) logger.info("users of the broker provisioned", { renewed });
  };
}
