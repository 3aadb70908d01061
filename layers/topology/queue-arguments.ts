import { DEAD_LETTER_EXCHANGE, type Queue, RETURN_EXCHANGE } from "./topology.ts";

/**
 * A small `x-delivery-limit` would empty a queue into the dead letters while a store is down, and -1 deletes
 * everything on requeue in 3.10. A thousand holds in both 3.10 and 4.2, whose own default is 20.
 */
const WORK_DELIVERY_LIMIT = 1_000;
const UNLIMITED_IN_EFFECT = 1_000_000;

const STREAM_MAX_LENGTH = 1_000;
const STREAM_TTL_MS = 10_000;

export type QueueArguments = Readonly<Record<string, string | number>>;

/**
 * The arguments a queue is declared with: legal on RabbitMQ 3.10 and on 4.2.
 *
 * At-least-once dead-lettering needs `reject-publish` beside it, else RabbitMQ silently makes it at-most-once.
 */
export function queueArguments({ kind, name, delayMs }: Queue): QueueArguments {
  const quorum = { "x-queue-type": "quorum", "x-overflow": "reject-publish" };
  switch (kind) {
    case "work":
      return {
        ...quorum,
        "x-delivery-limit": WORK_DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_LETTER_EXCHANGE,
        "x-dead-letter-routing-key": name,
        "x-dead-letter-strategy": "at-least-once",
      };
    case "rung":
      return {
        ...quorum,
        "x-delivery-limit": UNLIMITED_IN_EFFECT,
        "x-message-ttl": delayMs ?? 0,
        "x-dead-letter-exchange": RETURN_EXCHANGE,
        "x-dead-letter-strategy": "at-least-once",
      };
    case "dead":
      return { ...quorum, "x-delivery-limit": UNLIMITED_IN_EFFECT };
    case "stream":
      return {
        "x-queue-type": "classic",
        "x-max-length": STREAM_MAX_LENGTH,
        "x-overflow": "drop-head",
        "x-message-ttl": STREAM_TTL_MS,
      };
  }
}

/** How many messages a queue holds before the oldest go; null where it loses none. */
export function maxLengthOf(queue: Queue): number | null {
  const most = queueArguments(queue)["x-max-length"];
  return typeof most === "number" ? most : null;
}

/** The queue's name on the broker: a new version is a new queue, so that arguments can change. */
export const physicalName = ({ name, version }: Pick<Queue, "name" | "version">): string =>
  version === 1 ? name : `${name}.v${version}`;
