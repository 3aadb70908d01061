import type { Event } from "../../core/envelope.ts";
import { asError, RefusedError, UnavailableError } from "../../core/errors.ts";
import type { ConfirmTracker, Settled } from "../confirms.ts";
import { eventMessage, type Outgoing } from "../message.ts";
import { Backlog, type Entry } from "./backlog.ts";
import { makeEvent, type PublishOptions } from "./event.ts";
import { type Link, openLink } from "./link.ts";
import { type PublisherOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { LatencySketch, type PublisherStats } from "./stats.ts";

export interface Publisher {
  /**
   * Hands an event to the bus and returns at once: an attempt, not a promise. While the broker is away the event
   * waits in a bounded buffer and goes out, in order, when it is back.
   *
   * @throws {RefusedError} the event is not valid, or larger than `maxEventBytes`
   * @throws {UnavailableError} `buffer_full`, only where `whenFull` is `reject`
   */
  publish(type: string, data: unknown, options?: PublishOptions & { critical?: false }): void;
  /**
   * The same, and resolves once the broker has stored the event.
   *
   * Rejects with {RefusedError} as above, or {UnavailableError}: `unroutable`, `buffer_full`, `not_confirmed`
   * (too late; it may still arrive) or `closed`.
   */
  publish(type: string, data: unknown, options: PublishOptions & { critical: true }): Promise<void>;
  stats(): PublisherStats;
  /**
   * Really connects and publishes `health.check`.
   *
   * @returns milliseconds until the broker confirmed it
   * @throws {UnavailableError}
   */
  check(): Promise<number>;
  /** Stops taking events, waits up to `drainTimeoutMs` for those it has, and disconnects. */
  close(): Promise<void>;
}

export function createPublisher(options: PublisherOptions): Publisher {
  return new BufferedPublisher(resolveOptions(options));
}

const NACK_PAUSE_MS = 100;

/**
 * An event is in the backlog from `publish` until its confirm. `pump` sends from its head while the connection
 * is up and the window of unconfirmed events is open; a lost connection rewinds the backlog.
 */
class BufferedPublisher implements Publisher {
  readonly #options: ResolvedOptions;
  readonly #backlog: Backlog;
  readonly #latency = new LatencySketch();
  readonly #startedAt = Date.now();
  readonly #link: Link;
  #tracker: ConfirmTracker | undefined;
  #upSince = 0;
  #connections = 0;
  #lastError: string | undefined;
  #counts = { published: 0, confirmed: 0, unroutable: 0, refused: 0 };
  #closing = false;
  #drained: (() => void) | undefined;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#backlog = new Backlog(options);
    this.#link = openLink(options, {
      up: (tracker) => this.#up(tracker),
      down: (error) => this.#down(error),
    });
  }

  publish(type: string, data: unknown, options: PublishOptions & { critical?: false }): void;
  publish(type: string, data: unknown, options: PublishOptions & { critical: true }): Promise<void>;
  publish(
    type: string,
    data: unknown,
    options: PublishOptions & { critical?: boolean } = {},
  ): void | Promise<void> {
    if (!options.critical) {
      this.#accept({ message: this.#message(type, data, options), acceptedAt: Date.now() });
      return;
    }
    try {
      return this.#confirmed(this.#message(type, data, options));
    } catch (error) {
      return Promise.reject(asError(error));
    }
  }

  stats(): PublisherStats {
    const { published } = this.#counts;
    const seconds = (Date.now() - this.#startedAt) / 1_000;
    return {
      connected: this.#tracker !== undefined,
      connectionUptimeMs: this.#tracker ? Date.now() - this.#upSince : 0,
      reconnections: Math.max(0, this.#connections - 1),
      lastError: this.#lastError,
      ...this.#counts,
      dropped: this.#backlog.dropped,
      buffered: this.#backlog.size,
      bufferedBytes: this.#backlog.bytes,
      publishedPerSecond: seconds > 0 ? published / seconds : 0,
      publishLatencyMs: this.#latency.quantiles(),
    };
  }

  async check(): Promise<number> {
    const startedAt = performance.now();
    const message = this.#message("health.check", { status: "ok" }, {});
    // Nobody needs to keep it: the confirm alone shows that the broker takes events.
    await this.#confirmed({ ...message, properties: { ...message.properties, mandatory: false } });
    return performance.now() - startedAt;
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#backlog.size > 0) await this.#drain();
    await this.#link.close();
    this.#tracker = undefined;
    this.#backlog.rewind();
    const error = new UnavailableError("the publisher was closed before the event was confirmed", {
      code: "closed",
    });
    for (let entry = this.#backlog.take(); entry; entry = this.#backlog.take())
      this.#backlog.settle(entry, error);
  }

  #message(type: string, data: unknown, options: PublishOptions): Outgoing {
    try {
      return this.#checkSize(makeEvent(this.#options.source, type, data, options));
    } catch (error) {
      this.#counts.refused++;
      throw error;
    }
  }

  #checkSize(event: Event): Outgoing {
    const message = eventMessage(event);
    const { maxEventBytes } = this.#options;
    if (message.body.length <= maxEventBytes) return message;
    throw new RefusedError(413, `the event has ${message.body.length} bytes, more than ${maxEventBytes}`);
  }

  #accept(entry: Entry): void {
    if (this.#closing) throw new UnavailableError("the publisher is closed", { code: "closed" });
    this.#backlog.add(entry);
    this.#counts.published++;
    this.#pump();
  }

  #confirmed(message: Outgoing): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const { criticalTimeoutMs } = this.#options;
    const late = () =>
      reject(
        new UnavailableError(`no confirm within ${criticalTimeoutMs} ms; the event may still arrive`, {
          code: "not_confirmed",
        }),
      );
    const timer = setTimeout(late, criticalTimeoutMs);
    const settled = (failure?: Error) => {
      clearTimeout(timer);
      if (failure) reject(failure);
      else resolve();
    };
    try {
      this.#accept({ message, acceptedAt: Date.now(), settled });
    } catch (error) {
      settled(asError(error));
    }
    return promise;
  }

  #pump(): void {
    const tracker = this.#tracker;
    if (!tracker) return;
    while (this.#backlog.unconfirmed < this.#options.maxUnconfirmed) {
      const entry = this.#backlog.take();
      if (!entry) return;
      try {
        tracker.send(entry.message, (failure) => this.#settled(tracker, entry, failure));
      } catch {
        // The channel is closing under us: `down` follows and rewinds.
        return;
      }
    }
  }

  #settled(tracker: ConfirmTracker, entry: Entry, failure: Settled): void {
    // Of a former connection: the backlog was rewound, and the event goes out again.
    if (tracker !== this.#tracker) return;
    if (failure && failure.code !== "unroutable") {
      this.#resend();
      return;
    }
    if (failure) this.#counts.unroutable++;
    else {
      this.#counts.confirmed++;
      this.#latency.add(Date.now() - entry.acceptedAt);
    }
    this.#backlog.settle(entry, failure);
    if (this.#backlog.waiting > 0) this.#pump();
    if (this.#backlog.size === 0) this.#drained?.();
  }

  /** The broker refused a message (a queue without a leader, say): everything unconfirmed goes out again soon. */
  #resend(): void {
    const tracker = this.#tracker;
    this.#tracker = undefined;
    this.#backlog.rewind();
    setTimeout(() => {
      if (this.#tracker || !tracker || this.#upSince === 0) return;
      this.#tracker = { send: (message, settled) => tracker.send(message, settled) };
      this.#pump();
    }, NACK_PAUSE_MS);
  }

  #up(tracker: ConfirmTracker): void {
    this.#tracker = tracker;
    this.#upSince = Date.now();
    this.#connections++;
    this.#pump();
  }

  #down(error: Error | undefined): void {
    this.#tracker = undefined;
    this.#upSince = 0;
    if (error) this.#lastError = error.message;
    this.#backlog.rewind();
  }

  async #drain(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#drained = resolve;
    const timer = setTimeout(resolve, this.#options.drainTimeoutMs);
    await promise;
    clearTimeout(timer);
  }
}
