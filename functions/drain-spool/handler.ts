import { publishSpooled } from "../../layers/broker/unspool.ts";
import { UnavailableError } from "../../layers/core/errors.ts";
import { ownMetrics } from "../../layers/core/own-metrics.ts";
import type { Dependencies } from "../dependencies.ts";

export type DrainDependencies = Pick<Dependencies, "bus" | "spool" | "clock" | "logger" | "metrics">;

const PER_ROUND = { records: 500, bytes: 8 * 1_024 * 1_024 };

/** Well under the function's timeout: the next run goes on. */
const BUDGET_MS = 40_000;

/**
 * Publishes what waits in the spool, oldest first, until it is empty, the time is over, or the broker is away; then
 * tells how much still waits.
 */
export function createHandler({ bus, spool, clock, logger, metrics }: DrainDependencies) {
  const publish = (records: Buffer[]) => publishSpooled(records, { bus, clock });

  async function drain(): Promise<void> {
    const until = clock.now() + BUDGET_MS;
    let drained = 0;
    try {
      for (let round = 1; round > 0 && clock.now() < until; drained += round) {
        round = await spool.drain(publish, PER_ROUND);
      }
    } finally {
      if (drained > 0) logger.info("published what waited in the spool", { drained });
    }
  }

  async function tellDepth(): Promise<void> {
    const now = clock.now();
    const { records, oldestAt = now } = await spool.depth();
    metrics.tell(ownMetrics.spoolMessages, records);
    metrics.tell(ownMetrics.spoolAge, Math.max(0, (now - oldestAt) / 1_000));
  }

  /** For the broker, not for the spool: where that cannot be read, nobody would learn of what waits in it. */
  const waitOn = (error: unknown) => {
    if (!(error instanceof UnavailableError) || error.code !== "broker_unavailable") throw error;
    logger.warn("the spool waits on: the broker is away", { error });
  };

  return async (): Promise<void> => {
    await drain().catch(waitOn);
    await tellDepth();
  };
}
