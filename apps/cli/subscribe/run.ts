import { hostname } from "node:os";
import {
  createSubscriber,
  type Event,
  type EventHandler,
  removeSubscription,
  type Subscriber,
  UnavailableError,
} from "../../../layers/broker/subscriber/index.ts";
import { deferred } from "../../../layers/core/deferred.ts";
import type { Logger } from "../../../layers/core/logger.ts";
import { exchangesFor } from "../../../layers/topology/patterns.ts";
import { onInterrupt } from "../interrupt.ts";
import { findBroker } from "../settings.ts";
import type { SubscribeArguments } from "../subscribe.ts";
import type { Terminal } from "../terminal.ts";
import { writeLine } from "./print.ts";
import { CommandError, runCommand } from "./program.ts";

const FIRST_PAUSE_MS = 500;
const MAX_FETCHED = 100;
const FILL_CHECK_MS = 30_000;
/** Of the queue's limit. */
const NEARLY_FULL = 0.8;

export async function runSubscription(
  patterns: readonly string[],
  options: SubscribeArguments,
  terminal: Terminal,
): Promise<void> {
  const { queue, exec, count, concurrency, prefetch, ordered, maxLength, unbind } = options;
  const ended = deferred<void>();
  const interrupt = onInterrupt();
  interrupt.signal.addEventListener("abort", () => ended.resolve());
  const deliver = exec === undefined ? print : execute(exec, interrupt.signal);
  const subscriber = createSubscriber({
    ...{ url: findBroker(), name: `telemetry subscribe on ${hostname()}`, queue, patterns, unbind },
    ...{ concurrency, ordered, maxQueueLength: maxLength, reconnectMs: FIRST_PAUSE_MS },
    prefetch: prefetch ?? prefetchFor(options),
    handler: endingWith(ended.reject, upTo(count, deliver, ended.resolve)),
    logger: loggerOn(terminal),
  });
  try {
    await Promise.race([subscriber.ready(), ended.promise]);
    if (subscriber.stats().connected) sayWhat(queue, patterns, terminal);
    const stop = watchFill(subscriber, queue, terminal);
    await ended.promise.finally(stop);
  } finally {
    await subscriber.close();
    interrupt.dispose();
  }
}

function sayWhat(queue: string, patterns: readonly string[], terminal: Terminal): void {
  const exchanges = new Set(patterns.flatMap(exchangesFor));
  const what = `${queue} takes ${patterns.join(", ")} on ${[...exchanges].join(", ")}`;
  terminal.err(terminal.styleErr("dim", what));
}

export async function endSubscription(
  { queue, force }: SubscribeArguments,
  terminal: Terminal,
): Promise<void> {
  const events = await removeSubscription({ url: findBroker(), queue, force });
  terminal.err(`${queue} is removed${events > 0 ? `, and ${events} events with it` : ""}`);
}

/** What is fetched beyond the count goes back, and that is counted against it: a thousand times is too often. */
const prefetchFor = ({ count, concurrency = 1, ordered }: SubscribeArguments): number | undefined =>
  count === undefined || ordered ? undefined : Math.max(concurrency, Math.min(count, MAX_FETCHED));

type Deliver = (event: Event) => Promise<void>;

const print: Deliver = (event) => writeLine(process.stdout, JSON.stringify(event));

const execute =
  (command: string, signal: AbortSignal): Deliver =>
  (event) =>
    runCommand(command, `${JSON.stringify(event)}\n`, () => signal.aborted);

/** Delivers so many events and no more; what comes beyond goes back. */
function upTo(count = Number.POSITIVE_INFINITY, deliver: Deliver, enough: () => void): Deliver {
  let taken = 0;
  let done = 0;
  return async (event) => {
    if (taken >= count) throw new UnavailableError("enough events were taken", { code: "enough" });
    taken++;
    try {
      await deliver(event);
    } catch (error) {
      taken--;
      throw error;
    }
    if (++done === count) enough();
  };
}

/** A command that cannot be run ends the program; the event, which is not at fault, goes back. */
function endingWith(end: (error: Error) => void, deliver: Deliver): EventHandler {
  return async (event) => {
    try {
      await deliver(event);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      end(error);
      throw new UnavailableError(error.message, { code: error.code, cause: error });
    }
  };
}

/** Says so when a queue comes near its limit, where it drops its oldest events. @returns what ends the watch */
function watchFill(subscriber: Subscriber, queue: string, terminal: Terminal): () => void {
  let told = false;
  const look = async () => {
    const fill = await subscriber.fill().catch(() => undefined);
    if (!fill) return;
    const nearly = fill.ready >= fill.limit * NEARLY_FULL;
    if (nearly && !told) {
      const text = `${queue} holds ${fill.ready} events; from ${fill.limit} on the oldest are dropped`;
      terminal.err(terminal.styleErr("yellow", text));
    }
    told = nearly;
  };
  void look();
  const timer = setInterval(() => void look(), FILL_CHECK_MS);
  return () => clearInterval(timer);
}

function loggerOn(terminal: Terminal): Logger {
  const say =
    (style: "dim" | "red") =>
    (message: string, details: Record<string, unknown> = {}) => {
      const { messageId, attempt, error } = details;
      const which = messageId === undefined ? "" : ` (${messageId}, attempt ${attempt})`;
      const why = error instanceof Error ? `: ${error.message}` : "";
      terminal.err(terminal.styleErr(style, `${message}${which}${why}`));
    };
  const nothing = () => undefined;
  return { debug: nothing, info: nothing, warn: say("dim"), error: say("red") };
}
