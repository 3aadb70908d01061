import { publishAll } from "../../layers/broker/announce.ts";
import type { Dependencies } from "../dependencies.ts";

export type OutboxDependencies = Pick<Dependencies, "bus" | "registry" | "logger">;

/** Publishes, in order, what consumers committed; whoever committed it usually has done so already. */
export function createHandler({ bus, registry, logger }: OutboxDependencies): () => Promise<void> {
  return async () => {
    const published = await publishAll({ bus, outbox: registry.outbox });
    if (published > 0) logger.info("published what was left in the outbox", { published });
  };
}
