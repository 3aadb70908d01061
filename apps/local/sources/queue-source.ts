import type { Channel, ChannelModel, ConsumeMessage } from "amqplib";
import { type BrokerUrl, closeQuietly, openConnection } from "../../../layers/broker/connection.ts";
import type { Logger } from "../../../layers/core/logger.ts";
import type { QueueHandler } from "../../../layers/lambda/queue.ts";
import { LAMBDA_PAYLOAD_BYTES } from "../gateway/limits.ts";
import { rmqEvent } from "./rmq-event.ts";

export interface QueueSubscription {
  /** As the broker knows it. */
  queue: string;
  batchSize: number;
  /** How long a batch that is not full waits for more. @default 0 */
  windowMs?: number;
  handler: QueueHandler;
}

export interface QueueSourceOptions {
  url: BrokerUrl;
  subscriptions: readonly QueueSubscription[];
  logger: Logger;
  /**
   * What happens to a batch whose handler threw: it is held and handed over again, or it goes back to the queue.
   * Which of the two AWS's poller does is not documented; handlers must live with both. Holding keeps the order:
   * what goes back is overtaken by what was fetched with it, and quorum queues take back a large batch shuffled.
   * @default "hold"
   */
  onFailure?: "hold" | "requeue";
}

export interface QueueSource {
  /** Takes no more messages and waits for the batches under way. */
  stop(): Promise<void>;
}

const FAILURE_PAUSE_MS = 500;
const RECONNECT_MS = 250;
const MAX_RECONNECT_MS = 5_000;

/**
 * Does on one machine what AWS's event source mappings do: for each queue one batch at a time, acknowledged whole or
 * not at all. When the connection is lost it is opened again; what was not acknowledged comes again.
 */
export function startQueueSource(options: QueueSourceOptions): QueueSource {
  const { url, subscriptions, logger } = options;
  let connection: ChannelModel | undefined;
  const consumers: QueueConsumer[] = [];
  /** Batches that outlived their connection. */
  const orphaned = new Set<Promise<void>>();
  let stopping = false;
  let failures = 0;
  let retry: NodeJS.Timeout | undefined;
  let opening = open();

  async function open(): Promise<void> {
    const opened = await openConnection({ url, name: "queue sources" }).catch(waitFor);
    if (!opened) return again();
    opened.on("close", lost);
    connection = opened;
    if (stopping) return;
    try {
      await Promise.all(subscriptions.map((subscription) => subscribe(opened, subscription)));
      failures = 0;
    } catch (error) {
      waitFor(error);
      await closeQuietly(opened); // `lost` follows, and tries again.
    }
  }

  function waitFor(error: unknown): undefined {
    logger.warn("queue sources wait for the broker", { error });
  }

  async function subscribe(to: ChannelModel, subscription: QueueSubscription): Promise<void> {
    const channel = await to.createChannel();
    channel.on("error", () => undefined);
    await channel.prefetch(subscription.batchSize * 2);
    const consumer = new QueueConsumer(channel, subscription, options);
    // The broker closes a channel when the queue is not there (404) or was deleted: the connection starts afresh.
    channel.on("close", () => {
      if (!consumer.ended) void to.close().catch(() => undefined);
    });
    consumers.push(consumer);
    await consumer.start();
  }

  function lost(): void {
    connection = undefined;
    for (const consumer of consumers.splice(0)) {
      const finished = consumer.abandon().finally(() => orphaned.delete(finished));
      orphaned.add(finished);
    }
    again();
  }

  function again(): void {
    if (stopping) return;
    const pauseMs = Math.min(MAX_RECONNECT_MS, RECONNECT_MS * 2 ** failures++);
    retry = setTimeout(() => {
      opening = open();
    }, pauseMs);
  }

  return {
    async stop() {
      stopping = true;
      clearTimeout(retry);
      await opening;
      await Promise.all([...consumers.map((consumer) => consumer.stop()), ...orphaned]);
      await closeQuietly(connection);
    },
  };
}

/** Batches what one channel delivers. A delivery is acknowledged on the channel that it came by, or not at all. */
class QueueConsumer {
  readonly #channel: Channel;
  readonly #subscription: QueueSubscription;
  readonly #options: QueueSourceOptions;
  #waiting: ConsumeMessage[] = [];
  #working: Promise<void> | undefined;
  /** Ends the wait for a full batch. */
  #gathered: (() => void) | undefined;
  #ended = false;

  constructor(channel: Channel, subscription: QueueSubscription, options: QueueSourceOptions) {
    this.#channel = channel;
    this.#subscription = subscription;
    this.#options = options;
  }

  get ended(): boolean {
    return this.#ended;
  }

  async start(): Promise<void> {
    await this.#channel.consume(this.#subscription.queue, (message) => {
      if (message) this.#take(message);
      else void closeQuietly(this.#channel);
    });
  }

  /**
   * The batch under way, or being gathered, is finished; what was only fetched goes back with the channel. The consumer stays until
   * then, so that the queue is seen to be in use while it may still be given messages back. The channel is closed
   * before the connection, whose close may overtake an acknowledgement in the broker and undo it.
   */
  async stop(): Promise<void> {
    this.#ended = true;
    if (this.#gathered) this.#gathered();
    else this.#waiting = [];
    await this.#working;
    await closeQuietly(this.#channel);
  }

  /** The channel is gone, and the deliveries with it. Resolves when the batch under way is through all the same. */
  async abandon(): Promise<void> {
    this.#ended = true;
    this.#waiting = [];
    this.#gathered?.();
    await this.#working;
  }

  #take(message: ConsumeMessage): void {
    if (this.#ended) return;
    this.#waiting.push(message);
    if (this.#waiting.length >= this.#subscription.batchSize) this.#gathered?.();
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  async #work(): Promise<void> {
    // Whatever arrives in this turn of the loop belongs to the first batch.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0 && !this.#ended) {
      await this.#gather();
      await this.#settle(this.#nextBatch());
    }
  }

  /** Waits for a full batch, for as long as the window lasts. */
  async #gather(): Promise<void> {
    const { batchSize, windowMs = 0 } = this.#subscription;
    if (windowMs === 0 || this.#waiting.length >= batchSize) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, windowMs);
    this.#gathered = resolve;
    await promise;
    clearTimeout(timer);
    this.#gathered = undefined;
  }

  #nextBatch(): ConsumeMessage[] {
    let bytes = 0;
    const tooMany = this.#waiting.findIndex((message, i) => {
      bytes += (message.content.length * 4) / 3;
      return i >= this.#subscription.batchSize || (i > 0 && bytes > LAMBDA_PAYLOAD_BYTES);
    });
    return this.#waiting.splice(0, tooMany < 0 ? this.#waiting.length : tooMany);
  }

  async #settle(batch: ConsumeMessage[]): Promise<void> {
    const last = batch.at(-1);
    if (!last) return;
    const { queue, handler } = this.#subscription;
    const { onFailure = "hold", logger } = this.#options;
    try {
      await handler(rmqEvent(queue, batch));
      this.#onChannel(() => this.#channel.ack(last, true));
    } catch (error) {
      logger.warn("a batch failed", { queue, messages: batch.length, onFailure, error });
      await new Promise((resolve) => setTimeout(resolve, FAILURE_PAUSE_MS));
      if (onFailure === "hold" && !this.#ended) this.#waiting.unshift(...batch);
      else this.#onChannel(() => this.#channel.nack(last, true, true));
    }
  }

  /** A channel that closed meanwhile has given its deliveries back already. */
  #onChannel(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#options.logger.debug("a delivery outlived its channel", {
        queue: this.#subscription.queue,
        error,
      });
    }
  }
}
