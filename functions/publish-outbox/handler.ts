import { eventMessage } from "../../layers/broker/message.ts";
import type { Dependencies } from "../dependencies.ts";

export type OutboxDependencies = Pick<Dependencies, "bus" | "registry" | "logger">;

const PER_ROUND = 500;

/** Publishes, in order, what consumers committed; whoever committed it usually has done so already. */
export function createHandler({ bus, registry, logger }: OutboxDependencies): () => Promise<void> {
  return async () => {
    let published = 0;
    for (let round = PER_ROUND; round === PER_ROUND; published += round) {
      round = await registry.outbox.drain((events) => bus.publish(events.map(eventMessage)), PER_ROUND);
    }
    if (published > 0) logger.info("published what was left in the outbox", { published });
  };
}
