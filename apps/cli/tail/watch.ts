import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { Channel, ChannelModel } from "amqplib";
import { closeQuietly, openConnection } from "../../../layers/broker/connection.ts";
import { asError } from "../../../layers/core/errors.ts";
import { MEASUREMENT_TYPE } from "../../../layers/core/measurement-event.ts";

export interface WatchOptions {
  url: string;
  /** Of routing keys, which are the events' types. */
  pattern: string;
  exchanges: readonly string[];
  signal: AbortSignal;
  onEvent: (body: Buffer) => void;
  /** Told when the connection comes up, and when it is lost. */
  onState: (state: string) => void;
}

/** A reader that has stopped (Ctrl-S) costs the broker no more than this many events. */
const MAX_WAITING = 10_000;
const PREFETCH = 100;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Watches until the signal, through any number of lost connections; what passes while there is none is not seen.
 *
 * @throws {UnavailableError} the broker was never reached
 */
export async function watch(options: WatchOptions): Promise<void> {
  const { signal, onState } = options;
  let failures = 0;
  for (let first = true; !signal.aborted; first = false) {
    try {
      const { lost } = await subscribe(options);
      failures = 0;
      const reason = await lost;
      if (signal.aborted) return;
      onState(`connection lost (${reason}); connecting again`);
    } catch (error) {
      if (first) throw error;
      onState(asError(error).message);
    }
    const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures++);
    await pause(Math.random() * ceiling, undefined, { signal }).catch(() => undefined);
  }
}

/** Resolves once events come in, with the promise of why they no longer do. */
async function subscribe(options: WatchOptions): Promise<{ lost: Promise<string> }> {
  const { url, exchanges, signal, onState } = options;
  const connection = await openConnection({ url, name: `telemetry tail on ${hostname()}` });
  try {
    const channel = await connection.createChannel();
    const lost = lostOf(connection, channel, signal);
    await consume(channel, options);
    onState(`watching ${options.pattern} on ${exchanges.join(", ")}`);
    return { lost };
  } catch (error) {
    await closeQuietly(connection);
    throw error;
  }
}

/** An exclusive queue goes with its connection. RabbitMQ 4.3 refuses transient queues that are not exclusive. */
async function consume(channel: Channel, { pattern, exchanges, onEvent }: WatchOptions): Promise<void> {
  const { queue } = await channel.assertQueue("", {
    exclusive: true,
    autoDelete: true,
    durable: false,
    arguments: { "x-queue-type": "classic", "x-max-length": MAX_WAITING, "x-overflow": "drop-head" },
  });
  for (const exchange of exchanges) {
    for (const key of keysOf(pattern)) await channel.bindQueue(queue, exchange, key);
  }
  await channel.prefetch(PREFETCH);
  await channel.consume(queue, (message) => {
    if (!message) return void channel.close().catch(() => undefined);
    onEvent(message.content);
    channel.ack(message);
  });
}

/** Measurements carry their partition behind their type. */
const keysOf = (pattern: string): string[] =>
  pattern === MEASUREMENT_TYPE ? [pattern, `${pattern}.*`] : [pattern];

function lostOf(connection: ChannelModel, channel: Channel, signal: AbortSignal): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const end = (reason: string) => {
    resolve(reason);
    void closeQuietly(connection);
  };
  const failed = (error?: Error) => end(error?.message ?? "closed");
  for (const each of [connection, channel]) {
    each.on("error", failed);
    each.on("close", failed);
  }
  if (signal.aborted) end("interrupted");
  else signal.addEventListener("abort", () => end("interrupted"), { once: true });
  return promise;
}
