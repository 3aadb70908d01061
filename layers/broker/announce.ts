import type { Event } from "../core/envelope.ts";
import type { Logger } from "../core/logger.ts";
import type { Bus } from "./bus.ts";
import { eventMessage } from "./message.ts";

/** Where events wait that were committed together with what they tell of: the registry's outbox. */
export interface CommittedEvents {
  drain(publish: (events: readonly Event[]) => Promise<void>, limit: number): Promise<number>;
}

export interface AnnounceOptions {
  bus: Bus;
  outbox: CommittedEvents;
  logger: Logger;
}

const PER_ROUND = 500;

/** Publishes, in order, what is in the outbox, round by round, until nothing is left. @returns how many */
export async function publishAll({ bus, outbox }: Pick<AnnounceOptions, "bus" | "outbox">): Promise<number> {
  let published = 0;
  for (let round = PER_ROUND; round === PER_ROUND; published += round) {
    round = await outbox.drain((events) => bus.publish(events.map(eventMessage)), PER_ROUND);
  }
  return published;
}

/**
 * Publishes what was just committed. If that fails nothing is lost, and so it fails nobody: the events stay in the
 * outbox, and `publish-outbox` finishes it.
 */
export async function announce({ logger, ...from }: AnnounceOptions): Promise<void> {
  try {
    await publishAll(from);
  } catch (error) {
    logger.warn("events were committed and wait in the outbox", { error });
  }
}
