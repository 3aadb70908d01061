import { setMaxListeners } from "node:events";
import type { ConfirmChannel, ConsumeMessage } from "amqplib";
import { trackConfirms } from "../confirms.ts";
import { closeQuietly } from "../connection.ts";
import { receivedOf } from "./delivery.ts";
import type { ResolvedOptions } from "./options.ts";
import type { Recent } from "./recent.ts";
import { GivenBack, type Settling, settle } from "./settle.ts";
import type { Counters } from "./stats.ts";

export interface SessionParts {
  options: ResolvedOptions;
  counters: Counters;
  recent: Recent;
}

/**
 * Consuming by one channel. A delivery is acknowledged on the channel that it came by, or not at all; what is moved to
 * a rung or the dead letters is confirmed there first.
 */
export class Session {
  readonly #channel: ConfirmChannel;
  readonly #parts: SessionParts;
  readonly #settling: Settling;
  readonly #ended = new AbortController();
  readonly #working = new Set<Promise<void>>();
  #waiting: ConsumeMessage[] = [];

  constructor(channel: ConfirmChannel, parts: SessionParts) {
    const tracker = trackConfirms(channel);
    this.#channel = channel;
    this.#parts = parts;
    // One listener per event that waits.
    setMaxListeners(0, this.#ended.signal);
    this.#settling = {
      ...parts,
      signal: this.#ended.signal,
      send: (message) =>
        new Promise((resolve, reject) => {
          tracker.send(message, (failure) => (failure ? reject(failure) : resolve()));
        }),
    };
  }

  async start(): Promise<void> {
    const { queue, prefetch } = this.#parts.options;
    await this.#channel.prefetch(prefetch);
    await this.#channel.consume(queue, (message) => {
      if (message) this.#take(message);
      // The queue was deleted, or its node is gone.
      else void closeQuietly(this.#channel);
    });
  }

  /** Takes no more events. Resolves when the handlers under way are through; what was only fetched goes back. */
  async end(): Promise<void> {
    this.#ended.abort();
    this.#waiting = [];
    await Promise.all(this.#working);
  }

  #take(message: ConsumeMessage): void {
    if (this.#ended.signal.aborted) return;
    this.#waiting.push(message);
    this.#pump();
  }

  #pump(): void {
    while (this.#working.size < this.#parts.options.concurrency) {
      const message = this.#waiting.shift();
      if (!message) return;
      const work = this.#work(message).finally(() => {
        this.#working.delete(work);
        this.#pump();
      });
      this.#working.add(work);
    }
  }

  async #work(message: ConsumeMessage): Promise<void> {
    const { options, counters } = this.#parts;
    try {
      await settle(receivedOf(options.queue, message), this.#settling);
      this.#channel.ack(message);
      counters.consumed++;
    } catch (error) {
      // Given back, or the channel closed meanwhile and has given it back already.
      if (!(error instanceof GivenBack)) options.logger.debug("a delivery outlived its channel", { error });
    }
  }
}
