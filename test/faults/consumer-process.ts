import { localFunctions } from "../../apps/local/functions.ts";
import { subscriptionsOf } from "../../apps/local/runtime.ts";
import { type QueueSourceOptions, startQueueSource } from "../../apps/local/sources/queue-source.ts";
import type { Clock } from "../../layers/core/clock.ts";
import { silentLogger } from "../silent-logger.ts";
import { type Place, startOn } from "./place.ts";

// The consuming half of the platform as a program of its own, to be killed: `node consumer-process.ts <options>`.

export interface ConsumerProcessOptions extends Place {
  onFailure: QueueSourceOptions["onFailure"];
}

/** What it says once it consumes. */
export const CONSUMING = "consuming";

/**
 * Runs sixty times as fast, so that a handler's patience with a store that is gone, 45 s, is over after 0.75 s, and
 * its batch is given back.
 */
const impatient: Clock = { now: () => Date.now() * 60 };

if (import.meta.main) await consume(JSON.parse(process.argv[2] ?? ""));

async function consume({ onFailure, ...place }: ConsumerProcessOptions): Promise<void> {
  const { dependencies } = await startOn(place, { consume: false });
  const functions = localFunctions({ ...dependencies, clock: impatient });
  const subscriptions = subscriptionsOf(functions, dependencies.topology);
  startQueueSource({ url: place.amqpUrl, subscriptions, logger: silentLogger, onFailure });
  console.log(CONSUMING);
}
