import { publishSpooled } from "../../layers/broker/unspool.ts";
import { UnavailableError } from "../../layers/core/errors.ts";
import type { Dependencies } from "../dependencies.ts";

export type DrainDependencies = Pick<Dependencies, "bus" | "spool" | "clock" | "logger">;

const PER_ROUND = { records: 500, bytes: 8 * 1_024 * 1_024 };

/** Well under the function's timeout: the next run goes on. */
const BUDGET_MS = 40_000;

/** Publishes what waits in the spool, oldest first, until it is empty, the time is over, or the broker is away. */
export function createHandler({ bus, spool, clock, logger }: DrainDependencies): () => Promise<void> {
  const publish = (records: Buffer[]) => publishSpooled(records, { bus, clock });

  return async () => {
    const until = clock.now() + BUDGET_MS;
    let drained = 0;
    try {
      for (let round = 1; round > 0 && clock.now() < until; drained += round) {
        round = await spool.drain(publish, PER_ROUND);
      }
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      logger.warn("the spool waits on: the broker or the spool itself is away", { error });
    }
    if (drained > 0) logger.info("published what waited in the spool", { drained });
  };
}
