import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../core/clock.ts";
import { decodeEvent, type Event, identityOf, timeOf } from "../../core/envelope.ts";
import { asError, PermanentError, UnavailableError } from "../../core/errors.ts";
import { MICROS_PER_MS } from "../../core/time.ts";
import { rungs } from "../../topology/topology.ts";
import type { Delivery } from "../delivery.ts";
import type { Outgoing } from "../message.ts";
import { attemptNumber, nextStop } from "../retry.ts";
import { contextOf, type Received } from "./delivery.ts";
import type { ResolvedOptions } from "./options.ts";
import type { Recent } from "./recent.ts";
import type { Counters } from "./stats.ts";

export interface Settling {
  options: Pick<ResolvedOptions, "handler" | "ordered" | "logger">;
  counters: Counters;
  recent: Recent;
  /** Publishes, and resolves on the confirm. @throws {UnavailableError} */
  send: (message: Outgoing) => Promise<void>;
  /** Ends all waiting. A handler that is under way is not interrupted. */
  signal: AbortSignal;
}

/** As the broker's limit is for the platform's own queues. */
const MAX_RETURNS = 1_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** The message was not settled and goes back to its queue. */
export class GivenBack extends Error {}

/**
 * Settles one delivery: when it returns, the event is handled, or on a rung or among the dead letters and confirmed
 * there. Only then may the delivery be acknowledged.
 *
 * @throws {GivenBack} the signal came first
 */
export async function settle(first: Received, settling: Settling): Promise<void> {
  for (let delivery = first; ; ) {
    const error = await attempt(delivery, settling);
    if (!error) return;
    const stop = nextStop(delivery, error, systemClock);
    const rung = rungs.find(({ exchange }) => exchange === stop.exchange);
    tell(delivery, error, rung !== undefined, settling);
    if (!rung || !settling.options.ordered) {
      await patiently(() => settling.send(stop), settling);
      return;
    }
    await pauseFor(rung.delayMs, settling.signal);
    delivery = { ...delivery, headers: stop.properties.headers };
  }
}

/** @returns why it failed, or undefined if the event is done */
async function attempt(delivery: Received, settling: Settling): Promise<Error | undefined> {
  try {
    refuseEndless(delivery);
    const event = decodeEvent(delivery.body);
    const handled = await settling.recent.once(identityOf(event), () =>
      patiently(() => handle(event, delivery, settling), settling),
    );
    if (!handled) settling.counters.repeated++;
    return undefined;
  } catch (error) {
    if (error instanceof GivenBack) throw error;
    return asError(error);
  }
}

/** A message that ends its process each time comes back each time: some day it must get out of the way. */
function refuseEndless({ returns }: Received): void {
  if (returns < MAX_RETURNS) return;
  throw new PermanentError(`delivered ${returns} times and never answered`, { code: "delivered_too_often" });
}

async function handle(event: Event, delivery: Delivery, settling: Settling): Promise<void> {
  const { options, counters } = settling;
  const startedAt = performance.now();
  counters.inFlight++;
  try {
    await options.handler(event, contextOf(delivery, event));
    counters.handled++;
    counters.endToEnd.add(Math.max(0, Date.now() - timeOf(event) / MICROS_PER_MS));
  } finally {
    counters.inFlight--;
    counters.handlerTime.add(performance.now() - startedAt);
  }
}

/** Tries again for as long as what is needed is away. */
async function patiently(work: () => Promise<void>, { options, signal }: Settling): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      options.logger.warn("an event waits for what its handling needs", { error, pauseMs });
      await pauseFor(pauseMs, signal);
    }
  }
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(ms, undefined, { signal });
  } catch {
    throw new GivenBack();
  }
}

function tell(delivery: Delivery, error: Error, again: boolean, { options, counters }: Settling): void {
  const { queue, messageId } = delivery;
  const details = { queue, messageId, attempt: attemptNumber(delivery) + 1, error };
  counters.failed++;
  if (again) {
    counters.retried++;
    options.logger.warn("event will be tried again", details);
  } else {
    counters.deadLettered++;
    options.logger.error("event went to the dead letters", details);
  }
}
