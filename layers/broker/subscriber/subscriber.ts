import type { ChannelModel, ConfirmChannel } from "amqplib";
import { deferred } from "../../core/deferred.ts";
import { PermanentError, UnavailableError } from "../../core/errors.ts";
import { brokerGone, closeQuietly, openConfirmChannel } from "../connection.ts";
import { declareSubscription } from "./declare.ts";
import { type Link, openLink } from "./link.ts";
import { type ResolvedOptions, resolveOptions, type SubscriberOptions } from "./options.ts";
import { Recent } from "./recent.ts";
import { Session } from "./session.ts";
import { Counters, type SubscriberStats } from "./stats.ts";

/** How full a subscription's queue is. What `drop-head` has dropped is not told over AMQP: watch this instead. */
export interface QueueFill {
  /** Events that wait; those in a consumer's hands are not among them. */
  ready: number;
  /** Processes that consume from it. */
  consumers: number;
  /** `maxQueueLength`. */
  limit: number;
}

export interface Subscriber {
  /**
   * Resolves once the queue is declared, bound, and consumed from. Until the broker is there it waits.
   *
   * Rejects with {PermanentError}, and the subscriber is over: `queue_differs` (it is there with other arguments) or
   * `not_permitted`; with {UnavailableError} `closed`.
   */
  ready(): Promise<void>;
  stats(): SubscriberStats;
  /** Right at once, by a passive declare. @throws {UnavailableError} while there is no connection */
  fill(): Promise<QueueFill>;
  /**
   * Takes no more events, waits up to `drainTimeoutMs` for the handlers under way, acknowledges what they finished and
   * disconnects. What was only fetched goes back to the queue.
   */
  close(): Promise<void>;
}

/** @throws {RefusedError} naming each option that is wrong */
export function createSubscriber(options: SubscriberOptions): Subscriber {
  return new QueueSubscriber(resolveOptions(options));
}

/**
 * One connection with one channel at a time, each a session. Before the next is opened the handlers of the last are
 * through, so that an event never meets itself in one process.
 */
class QueueSubscriber implements Subscriber {
  readonly #options: ResolvedOptions;
  readonly #counters = new Counters();
  readonly #recent: Recent;
  readonly #ready = deferred<void>();
  readonly #link: Link;
  #session: Session | undefined;
  #channel: ConfirmChannel | undefined;
  #upSince = 0;
  #connections = 0;
  #lastError: string | undefined;
  #closing = false;
  #asked = false;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#recent = new Recent(options.remember);
    // Whoever does not ask is told by the logger.
    this.#ready.promise.catch(() => undefined);
    this.#link = openLink(options, {
      up: (connection, lost) => this.#up(connection, lost),
      down: (error) => this.#down(error),
    });
  }

  ready(): Promise<void> {
    this.#asked = true;
    return this.#ready.promise;
  }

  stats(): SubscriberStats {
    const connected = this.#upSince > 0;
    return {
      connected,
      connectionUptimeMs: connected ? Date.now() - this.#upSince : 0,
      reconnections: Math.max(0, this.#connections - 1),
      lastError: this.#lastError,
      ...this.#counters.read(),
    };
  }

  async fill(): Promise<QueueFill> {
    const { queue, maxQueueLength: limit } = this.#options;
    let channel: Awaited<ReturnType<ChannelModel["createChannel"]>> | undefined;
    try {
      channel = await this.#link.connection?.createChannel();
      if (!channel) throw new Error("not connected");
      channel.on("error", () => undefined);
      const { messageCount: ready, consumerCount: consumers } = await channel.checkQueue(queue);
      return { ready, consumers, limit };
    } catch (cause) {
      throw brokerGone(`cannot ask for the depth of ${queue}`, cause);
    } finally {
      await closeQuietly(channel);
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#ready.reject(new UnavailableError("the subscriber was closed", { code: "closed" }));
    await this.#link.stop();
    await this.#drain();
    // The channel first: the connection's close may overtake an acknowledgement in the broker and undo it.
    await closeQuietly(this.#channel);
    await this.#link.close();
  }

  async #up(connection: ChannelModel, lost: (error?: Error) => void): Promise<void> {
    const channel = await openConfirmChannel(connection);
    channel.on("error", lost);
    channel.on("close", lost);
    await declareSubscription(channel, this.#options);
    if (this.#closing) return;
    this.#channel = channel;
    this.#session = new Session(channel, {
      options: this.#options,
      counters: this.#counters,
      recent: this.#recent,
    });
    await this.#session.start();
    this.#upSince = Date.now();
    this.#connections++;
    this.#options.logger.info("subscribed", { queue: this.#options.queue });
    this.#ready.resolve();
  }

  async #down(error: Error | undefined): Promise<"again" | "give up"> {
    this.#upSince = 0;
    this.#channel = undefined;
    if (this.#closing) return "give up";
    if (error) this.#lastError = error.message;
    const refusal = this.#connections === 0 ? refusalOf(error, this.#options.queue) : undefined;
    if (refusal) {
      if (!this.#asked) this.#options.logger.error("the subscription was refused", { error: refusal });
      this.#ready.reject(refusal);
      return "give up";
    }
    this.#options.logger.warn("not connected; connecting again", { queue: this.#options.queue, error });
    await this.#session?.end();
    return "again";
  }

  async #drain(): Promise<void> {
    const { promise, resolve } = deferred<void>();
    const timer = setTimeout(resolve, this.#options.drainTimeoutMs);
    await Promise.race([this.#session?.end(), promise]);
    clearTimeout(timer);
  }
}

/** What the broker's answer means that no waiting mends. */
function refusalOf(error: Error | undefined, queue: string): PermanentError | undefined {
  const code = error && "code" in error ? error.code : undefined;
  if (code === 406) {
    return new PermanentError(
      `the queue ${queue} is there with other arguments (length, TTL, expiry or order): ` +
        `use the same, another name, or remove it; the broker says: ${error?.message}`,
      { code: "queue_differs", cause: error },
    );
  }
  if (code !== 403) return undefined;
  return new PermanentError(`this user may not subscribe ${queue}; the broker says: ${error?.message}`, {
    code: "not_permitted",
    cause: error,
  });
}
