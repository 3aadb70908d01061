import { type ConnectionOptions, closeQuietly, openConnection } from "../../layers/broker/connection.ts";
import { declareTopology } from "../../layers/broker/declare.ts";
import type { Dependencies } from "../dependencies.ts";

export type DeclareDependencies = Pick<Dependencies, "topology" | "logger"> & {
  connection: ConnectionOptions;
};

export function createHandler({ topology, logger, connection }: DeclareDependencies): () => Promise<void> {
  return async () => {
    const opened = await openConnection(connection);
    try {
      await declareTopology(opened, topology);
      const { exchanges, queues, bindings } = topology;
      logger.info("topology declared", {
        exchanges: exchanges.length,
        queues: queues.length,
        bindings: bindings.length,
      });
    } finally {
      await closeQuietly(opened);
    }
  };
}
