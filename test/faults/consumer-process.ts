import { localFunctions } from "../../apps/local/functions.ts";
import { subscriptionsOf } from "../../apps/local/runtime.ts";
import { type QueueSourceOptions, startQueueSource } from "../../apps/local/sources/queue-source.ts";
import type { Clock } from "../../layers/core/clock.ts";
import type { Logger } from "../../layers/core/logger.ts";
import type { QueueHandler } from "../../layers/lambda/queue.ts";
import { silentLogger } from "../silent-logger.ts";
import { type Place, startOn } from "./place.ts";

// The consuming half of the platform as a program of its own, to be killed: `node consumer-process.ts <options>`.
// It says what it does on its standard output.

export interface ConsumerProcessOptions extends Place {
  onFailure: QueueSourceOptions["onFailure"];
}

/** The lines that it says: once it consumes, and of each batch. */
export const says = {
  consuming: "consuming",
  begun: "a batch is begun",
  ended: "a batch is ended",
  failed: "a batch failed",
} as const;

if (import.meta.main) await consume(JSON.parse(process.argv[2] ?? ""));

async function consume({ onFailure, ...place }: ConsumerProcessOptions): Promise<void> {
  const { dependencies } = await startOn(place, { consume: false });
  const functions = localFunctions({ ...dependencies, clock: hurried() });
  const subscriptions = subscriptionsOf(functions, dependencies.topology).map((subscription) => ({
    ...subscription,
    handler: telling(subscription.handler),
  }));
  const logger: Logger = { ...silentLogger, warn: (message) => console.log(message) };
  startQueueSource({ url: place.amqpUrl, subscriptions, logger, onFailure });
  console.log(says.consuming);
}

function telling(handler: QueueHandler): QueueHandler {
  return async (event) => {
    console.log(says.begun);
    await handler(event).finally(() => console.log(says.ended));
  };
}

/**
 * Runs a hundred times as fast, so that a handler's patience of 45 s with a store that is gone is over within half
 * a second, and its batch is given back.
 */
function hurried(): Clock {
  const startedAt = Date.now();
  return { now: () => startedAt + (Date.now() - startedAt) * 100 };
}
