import type { Delivery } from "../../layers/broker/delivery.ts";
import { asError, UnavailableError } from "../../layers/core/errors.ts";
import { microsOf } from "../../layers/core/time.ts";
import { createQueueHandler, type QueueHandler } from "../../layers/lambda/queue.ts";
import type { DeadLetterRecord, DeadLetters } from "../../layers/storage/registry/port.ts";
import type { Dependencies } from "../dependencies.ts";
import { deadLetterOf, reducedLetter } from "./letter.ts";

export type RecordDependencies = Pick<Dependencies, "bus" | "clock" | "logger" | "registry">;

/**
 * Records what failed for good. No dead letter ever fails in its turn, to go round in a circle: what the store
 * refuses is recorded in a form that always fits, and if even that does not work, the store is taken for gone and
 * everything waits in the queue.
 */
export function createHandler({ bus, clock, logger, registry }: RecordDependencies): QueueHandler {
  return createQueueHandler<Delivery>({
    bus,
    clock,
    logger,
    decode: (delivery) => delivery,
    async handle(deliveries) {
      const now = microsOf(clock.now());
      const letters = await recordAll(deliveries, now, registry.deadLetters).catch(wait);
      logger.warn("recorded dead letters", { count: letters.length, causes: causesOf(letters) });
      return undefined;
    },
  });
}

async function recordAll(
  deliveries: readonly Delivery[],
  now: number,
  deadLetters: DeadLetters,
): Promise<DeadLetterRecord[]> {
  const letters = deliveries.map((delivery) => deadLetterOf(delivery, now));
  try {
    await deadLetters.record(letters);
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    for (const letter of letters) await recordOne(letter, deadLetters);
  }
  return letters;
}

async function recordOne(letter: DeadLetterRecord, deadLetters: DeadLetters): Promise<void> {
  try {
    await deadLetters.record([letter]);
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    await deadLetters.record([reducedLetter(letter, asError(error).message)]);
  }
}

function wait(cause: unknown): never {
  if (cause instanceof UnavailableError) throw cause;
  throw new UnavailableError("dead letters cannot be recorded", { code: "store_unavailable", cause });
}

/** How many died where, and of what: `{"metrics.updates undecodable": 3}`. */
function causesOf(letters: readonly DeadLetterRecord[]): Record<string, number> {
  const causes: Record<string, number> = {};
  for (const { queue, error } of letters) {
    const cause = `${queue} ${error.code}`;
    causes[cause] = (causes[cause] ?? 0) + 1;
  }
  return causes;
}
