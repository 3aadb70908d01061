import { openBuffer } from "../../buffer/buffer.ts";
import { deferred } from "../../core/deferred.ts";
import type { Event } from "../../core/envelope.ts";
import { asError, RefusedError, UnavailableError } from "../../core/errors.ts";
import type { ConfirmTracker, Settled } from "../confirms.ts";
import { eventMessage, type Outgoing } from "../message.ts";
import { Backlog, type Entry } from "./backlog.ts";
import { makeEvent, type PublishOptions } from "./event.ts";
import { type Link, openLink } from "./link.ts";
import { type PublisherOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { type OpenBuffer, Overflow } from "./overflow.ts";
import { LatencySketch, type PublisherStats } from "./stats.ts";

export interface Publisher {
  /**
   * Hands an event to the bus and returns at once: an attempt, not a promise. While the broker is away the event
   * waits in a bounded buffer and goes out, in order, when it is back. With a `disk` it also survives the end of the
   * process once it is written: moments after `publish` in the mode `always`, and in the mode `overflow` as far as
   * it came to the disk at all.
   *
   * @throws {RefusedError} the event is not valid, or larger than `maxEventBytes`
   * @throws {UnavailableError} `buffer_full`, only where `whenFull` is `reject`
   */
  publish(type: string, data: unknown, options?: PublishOptions & { critical?: false }): void;
  /**
   * The same, and resolves once the broker has stored the event. Being on the disk of the options is not enough: an
   * event that waits there when the call rejects as `not_confirmed` or `closed` is still sent, later or by the next
   * process.
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
  /**
   * Stops taking events, waits up to `drainTimeoutMs` for those it has, and disconnects. With a `disk` what is left
   * then is kept there, and goes out with the next publisher that has the directory; what cannot be kept is counted
   * in `dropped`.
   */
  close(): Promise<void>;
}

export function createPublisher(options: PublisherOptions): Publisher {
  return new BufferedPublisher(resolveOptions(options));
}

const NACK_PAUSE_MS = 100;

/**
 * An event is in the backlog from `publish`, or from when it was read from the disk, until its confirm. `pump` sends from its head while the connection
 * is up and the window of unconfirmed events is open; a lost connection rewinds the backlog.
 */
export class BufferedPublisher implements Publisher {
  readonly #options: ResolvedOptions;
  readonly #backlog: Backlog;
  readonly #overflow: Overflow | undefined;
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

  constructor(options: ResolvedOptions, open: OpenBuffer = openBuffer) {
    this.#options = options;
    this.#backlog = new Backlog(options);
    this.#overflow = this.#openOverflow(open);
    this.#link = openLink(options, {
      up: (tracker) => this.#up(tracker),
      down: (error) => this.#down(error),
    });
  }

  publish(type: string, data: unknown, options?: PublishOptions & { critical?: false }): void;
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
      buffered: this.#backlog.size + this.waitingForDisk,
      bufferedBytes: this.#backlog.bytes + (this.#overflow?.pending.bytes ?? 0),
      ...(this.#overflow && { disk: this.#overflow.stats() }),
      publishedPerSecond: seconds > 0 ? published / seconds : 0,
      publishLatencyMs: this.#latency.quantiles(),
    };
  }

  /** Events on their way to the disk. */
  get waitingForDisk(): number {
    return this.#overflow?.pending.length ?? 0;
  }

  async check(): Promise<number> {
    const startedAt = performance.now();
    const message = this.#message("health.check", { status: "ok" }, {});
    // Nobody needs to keep it: the confirm alone shows that the broker takes events.
    await this.#confirmed(
      { ...message, properties: { ...message.properties, mandatory: false } },
      { kept: false },
    );
    return performance.now() - startedAt;
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#isHolding) await this.#drain();
    await this.#link.close();
    this.#tracker = undefined;
    const left = this.#backlog.takeAll();
    const lost = this.#overflow ? await this.#overflow.close(left) : left;
    if (this.#overflow) this.#backlog.dropped += lost.length;
    const error = new UnavailableError("the publisher was closed before the event was confirmed", {
      code: "closed",
    });
    for (const entry of lost) entry.settled?.(error);
  }

  #openOverflow(open: OpenBuffer): Overflow | undefined {
    const { disk } = this.#options;
    if (!disk) return undefined;
    return new Overflow({
      publisher: this.#options,
      disk,
      backlog: this.#backlog,
      openBuffer: open,
      isConnected: () => this.#tracker !== undefined,
      pump: () => this.#pump(),
      emptied: () => this.#tellDrained(),
    });
  }

  get #isHolding(): boolean {
    return this.#backlog.size > 0 || (this.#overflow?.holds ?? false);
  }

  #tellDrained(): void {
    if (this.#drained && !this.#isHolding) this.#drained();
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

  #accept(entry: Entry, { kept = true } = {}): void {
    if (this.#closing) throw new UnavailableError("the publisher is closed", { code: "closed" });
    if (kept && this.#overflow?.isFor(entry.message.body.length)) this.#overflow.add(entry);
    else this.#backlog.add(entry);
    this.#counts.published++;
    this.#pump();
  }

  /** @param options.kept whether it is worth a place on the disk */
  #confirmed(message: Outgoing, { kept = true } = {}): Promise<void> {
    const { promise, resolve, reject } = deferred<void>();
    const { criticalTimeoutMs } = this.#options;
    const late = () => {
      this.#overflow?.forget(String(message.properties.messageId));
      reject(
        new UnavailableError(`no confirm within ${criticalTimeoutMs} ms; the event may still arrive`, {
          code: "not_confirmed",
        }),
      );
    };
    const timer = setTimeout(late, criticalTimeoutMs);
    const settled = (failure?: Error) => {
      clearTimeout(timer);
      if (failure) reject(failure);
      else resolve();
    };
    try {
      this.#accept({ message, acceptedAt: Date.now(), settled }, { kept });
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
    if (entry.stored) this.#overflow?.settle(entry.stored);
    if (this.#backlog.waiting > 0) this.#pump();
    this.#overflow?.load();
    this.#tellDrained();
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
      this.#overflow?.load();
    }, NACK_PAUSE_MS);
  }

  #up(tracker: ConfirmTracker): void {
    this.#tracker = tracker;
    this.#upSince = Date.now();
    this.#connections++;
    this.#pump();
    this.#overflow?.load();
  }

  #down(error: Error | undefined): void {
    this.#tracker = undefined;
    this.#upSince = 0;
    if (error) this.#lastError = error.message;
    this.#backlog.rewind();
  }

  async #drain(): Promise<void> {
    const { promise, resolve } = deferred<void>();
    this.#drained = resolve;
    const timer = setTimeout(resolve, this.#options.drainTimeoutMs);
    await promise;
    clearTimeout(timer);
  }
}
