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
  handler: QueueHandler;
}

export interface QueueSourceOptions {
  url: BrokerUrl;
  subscriptions: readonly QueueSubscription[];
  logger: Logger;
  /**
   * What happens to a batch whose handler threw: it goes back to the queue, or is held and handed over again.
   * Which of the two AWS's poller does is not documented; handlers must live with both.
   * @default "requeue"
   */
  onFailure?: "requeue" | "hold";
}

export interface QueueSource {
  /** Takes no more messages and waits for the batches under way. */
  stop(): Promise<void>;
}

const FAILURE_PAUSE_MS = 500;
const RECONNECT_MS = 250;
const MAX_RECONNECT_MS = 5_000;

/**
 * Does on one machine what AWS's event source mappings do: for each queue one batch at a time, acknowledged or
 * given back whole. When the connection is lost it is opened again; what was not acknowledged comes again.
 */
export function startQueueSource(options: QueueSourceOptions): QueueSource {
  const { url, subscriptions, logger } = options;
  let connection: ChannelModel | undefined;
  let consumers: QueueConsumer[] = [];
  let stopping = false;
  let failures = 0;
  let retry: NodeJS.Timeout | undefined;

  async function open(): Promise<void> {
    try {
      const opened = await openConnection({ url, name: "queue sources" });
      if (stopping) return closeQuietly(opened);
      connection = opened;
      opened.on("close", lost);
      consumers = await Promise.all(
        subscriptions.map((subscription) => consume(opened, subscription, options)),
      );
      failures = 0;
    } catch (error) {
      logger.warn("queue sources wait for the broker", { error });
      if (connection) void closeQuietly(connection);
      else lost();
    }
  }

  function lost(): void {
    connection = undefined;
    for (const consumer of consumers) consumer.abandon();
    consumers = [];
    if (stopping) return;
    const pauseMs = Math.min(MAX_RECONNECT_MS, RECONNECT_MS * 2 ** failures++);
    retry = setTimeout(() => void open(), pauseMs);
  }

  void open();

  return {
    async stop() {
      stopping = true;
      clearTimeout(retry);
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      await closeQuietly(connection);
    },
  };
}

async function consume(
  connection: ChannelModel,
  subscription: QueueSubscription,
  options: QueueSourceOptions,
): Promise<QueueConsumer> {
  const channel = await connection.createChannel();
  channel.on("error", () => undefined);
  // The broker closes a channel when the queue is not there (404) or was deleted: the connection starts afresh.
  channel.on("close", () => void closeQuietly(connection));
  await channel.prefetch(subscription.batchSize * 2);
  const consumer = new QueueConsumer(channel, subscription, options);
  await consumer.start();
  return consumer;
}

/** Batches what one channel delivers. A delivery is acknowledged on the channel that it came by, or not at all. */
class QueueConsumer {
  readonly #channel: Channel;
  readonly #subscription: QueueSubscription;
  readonly #options: QueueSourceOptions;
  #waiting: ConsumeMessage[] = [];
  #working: Promise<void> | undefined;
  #consumerTag = "";
  #ended = false;

  constructor(channel: Channel, subscription: QueueSubscription, options: QueueSourceOptions) {
    this.#channel = channel;
    this.#subscription = subscription;
    this.#options = options;
  }

  async start(): Promise<void> {
    const { consumerTag } = await this.#channel.consume(this.#subscription.queue, (message) => {
      if (message) this.#take(message);
      else void closeQuietly(this.#channel);
    });
    this.#consumerTag = consumerTag;
  }

  /** The batch under way is finished; what was only fetched goes back with the channel. */
  async stop(): Promise<void> {
    this.#ended = true;
    this.#waiting = [];
    await this.#channel.cancel(this.#consumerTag).catch(() => undefined);
    await this.#working;
  }

  /** The channel is gone, and the deliveries with it. */
  abandon(): void {
    this.#ended = true;
    this.#waiting = [];
  }

  #take(message: ConsumeMessage): void {
    if (this.#ended) return;
    this.#waiting.push(message);
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  async #work(): Promise<void> {
    // Whatever arrives in this turn of the loop belongs to the first batch.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0 && !this.#ended) await this.#settle(this.#nextBatch());
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
    const { onFailure = "requeue", logger } = this.#options;
    try {
      await handler(rmqEvent(queue, batch));
      this.#onChannel(() => this.#channel.ack(last, true));
    } catch (error) {
      logger.warn("a batch was given back", { queue, messages: batch.length, onFailure, error });
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
