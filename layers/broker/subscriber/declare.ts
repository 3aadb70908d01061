import type { Channel } from "amqplib";
import { bindingsFor } from "../../topology/patterns.ts";
import { RETURN_EXCHANGE } from "../../topology/topology.ts";
import type { ResolvedOptions } from "./options.ts";

type SubscriptionOptions = Pick<
  ResolvedOptions,
  | "queue"
  | "patterns"
  | "unbind"
  | "ordered"
  | "maxQueueLength"
  | "maxQueueBytes"
  | "messageTtlMs"
  | "expiresMs"
>;

/**
 * No dead-letter exchange: RabbitMQ would send there what `drop-head` drops, too, and an abandoned queue would fill
 * the dead letters. Without one the delivery limit would delete, so it is out of reach: the subscriber itself gives up
 * a message that kills its process again and again.
 */
const UNLIMITED_IN_EFFECT = 1_000_000;

/** Legal on RabbitMQ 3.10 and on 4.2. */
function subscriptionArguments(options: SubscriptionOptions): Record<string, string | number | boolean> {
  const { ordered, maxQueueLength, maxQueueBytes, messageTtlMs, expiresMs } = options;
  return {
    "x-queue-type": "quorum",
    "x-overflow": "drop-head",
    "x-max-length": maxQueueLength,
    "x-max-length-bytes": maxQueueBytes,
    "x-delivery-limit": UNLIMITED_IN_EFFECT,
    ...(ordered && { "x-single-active-consumer": true }),
    ...(messageTtlMs !== undefined && { "x-message-ttl": messageTtlMs }),
    ...(expiresMs !== undefined && { "x-expires": expiresMs }),
  };
}

/**
 * Declares the subscription, idempotently: its queue, what it gets, and the way back to it from the rungs. The
 * exchanges are the platform's: where one is not there yet, the broker answers 404.
 */
export async function declareSubscription(channel: Channel, options: SubscriptionOptions): Promise<void> {
  const { queue, patterns, unbind } = options;
  await channel.assertQueue(queue, { durable: true, arguments: subscriptionArguments(options) });
  await channel.bindQueue(queue, RETURN_EXCHANGE, queue);
  const wanted = bindingsFor(patterns);
  for (const { exchange, key } of wanted) await channel.bindQueue(queue, exchange, key);
  const kept = new Set(wanted.map(({ exchange, key }) => `${exchange} ${key}`));
  for (const { exchange, key } of bindingsFor(unbind)) {
    if (!kept.has(`${exchange} ${key}`)) await channel.unbindQueue(queue, exchange, key);
  }
}
