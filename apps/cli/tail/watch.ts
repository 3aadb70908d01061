import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { Channel, ChannelModel } from "amqplib";
import { closeQuietly, openConnection } from "../../../layers/broker/connection.ts";
import { deferred } from "../../../layers/core/deferred.ts";
import { asError } from "../../../layers/core/errors.ts";

export interface WatchOptions {
  url: string;
  /** As they were asked for. */
  patterns: readonly string[];
  /** What they come by. */
  bindings: readonly { exchange: string; key: string }[];
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
  const { url, patterns, bindings, signal, onState } = options;
  const connection = await openConnection({ url, name: `telemetry tail on ${hostname()}` });
  try {
    const channel = await connection.createChannel();
    const lost = lostOf(connection, channel, signal);
    await consume(channel, options);
    const exchanges = new Set(bindings.map(({ exchange }) => exchange));
    onState(`watching ${patterns.join(", ")} on ${[...exchanges].join(", ")}`);
    return { lost };
  } catch (error) {
    await closeQuietly(connection);
    throw error;
  }
}

/** An exclusive queue goes with its connection. RabbitMQ 4.3 refuses transient queues that are not exclusive. */
async function consume(channel: Channel, { bindings, onEvent }: WatchOptions): Promise<void> {
  const { queue } = await channel.assertQueue("", {
    exclusive: true,
    autoDelete: true,
    durable: false,
    arguments: { "x-queue-type": "classic", "x-max-length": MAX_WAITING, "x-overflow": "drop-head" },
  });
  for (const { exchange, key } of bindings) await channel.bindQueue(queue, exchange, key);
  await channel.prefetch(PREFETCH);
  await channel.consume(queue, (message) => {
    if (!message) return void channel.close().catch(() => undefined);
    onEvent(message.content);
    channel.ack(message);
  });
}

function lostOf(connection: ChannelModel, channel: Channel, signal: AbortSignal): Promise<string> {
  const { promise, resolve } = deferred<string>();
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
