import * as z from "zod";
import { type ConnectionOptions, closeQuietly, openConnection } from "../../layers/broker/connection.ts";
import { lockDeclaration } from "../../layers/broker/declaration-lock.ts";
import { declareTopology } from "../../layers/broker/declare.ts";
import type { Topology } from "../../layers/topology/topology.ts";
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
  provisionUsers?: (options: { renewAll: boolean }) => Promise<string[]>;
}

/** What a person may invoke it with; a deploy and a schedule say other things, or nothing. */
const eventSchema = z.object({ renew: z.literal(true) });

/** At each deploy, and by the clock: a retired queue goes once nobody consumes it, and credentials grow old. */
export function createHandler(dependencies: DeclareDependencies): (event?: unknown) => Promise<void> {
  const { topology, logger, administrator } = dependencies;
  return async (event) => {
    const { connection, provisionUsers } = await administrator();
    const opened = await openConnection(connection);
    try {
      await declareTopology(opened, topology);
      logger.info("topology declared", countsOf(topology));
      if (!provisionUsers) return;
      // Two at a time could each give a user a password, and the vault that of the other.
      const lock = await lockDeclaration(opened);
      const { success: renewAll } = eventSchema.safeParse(event);
      const renewed = await provisionUsers({ renewAll }).finally(lock.release);
      logger.info("users of the broker provisioned", { renewed });
    } finally {
      await closeQuietly(opened);
    }
  };
}

const countsOf = ({ exchanges, queues, bindings }: Topology) => ({
  exchanges: exchanges.length,
  queues: queues.length,
  bindings: bindings.length,
});
