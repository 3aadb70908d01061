import type { Death, Delivery } from "../../layers/broker/delivery.ts";
import { headers as names } from "../../layers/broker/message.ts";
import type { Micros } from "../../layers/core/time.ts";
import type { DeadLetterRecord } from "../../layers/storage/registry/port.ts";
import { rungs } from "../../layers/topology/topology.ts";

/** Where a message died, and of what. */
export interface Cause {
  queue: string;
  error: DeadLetterRecord["error"];
  /** When the broker gave it up; none where a consumer did, whose attempts say it. */
  at?: Micros;
}

/** The error's type of what no consumer had a part in. */
const BROKER = "RabbitMQ";

/**
 * A consumer that gives a message up says in the headers where and why. RabbitMQ itself says so in `x-death`: of a
 * message that was delivered too often, or of a retry or a replay whose queue is no longer there to take it back.
 */
export function deathOf(delivery: Delivery, now: Micros): Cause {
  const told = consumersWord(delivery);
  if (told) return told;
  const [death] = delivery.deaths ?? [];
  if (death && !isRung(death)) return givenUp(death, now);
  const queue = textOf(delivery, names.queue) ?? death?.routingKeys[0];
  return queue === undefined ? unexplained(now) : queueGone(queue, death?.time ?? now);
}

function consumersWord(delivery: Delivery): Cause | undefined {
  const type = textOf(delivery, names.errorType);
  const queue = textOf(delivery, names.queue);
  if (type === undefined || queue === undefined) return undefined;
  return {
    queue,
    error: {
      type,
      code: textOf(delivery, names.errorCode) ?? "unexpected",
      message: textOf(delivery, names.errorMessage) ?? "",
      stack: textOf(delivery, names.errorStack) ?? "",
    },
  };
}

function givenUp({ queue, reason, time }: Death, now: Micros): Cause {
  const message = `RabbitMQ took it out of the queue "${queue}": ${REASONS[reason] ?? reason}`;
  return { queue, error: { type: BROKER, code: reason, message, stack: "" }, at: time ?? now };
}

/** What RabbitMQ means ("Dead Letter Exchanges"). */
const REASONS: Readonly<Record<string, string>> = {
  delivery_limit: "it was delivered more often than its delivery limit allows, and never acknowledged",
  rejected: "a consumer rejected it",
  expired: "its time to live ran out",
  maxlen: "the queue was full",
};

function queueGone(queue: string, at: Micros): Cause {
  const message = `the queue "${queue}" is no longer there to take it back`;
  return { queue, error: { type: BROKER, code: "queue_gone", message, stack: "" }, at };
}

function unexplained(at: Micros): Cause {
  const message = "it came among the dead letters without a word of where it failed";
  return { queue: "unknown", error: { type: BROKER, code: "unexplained", message, stack: "" }, at };
}

const isRung = ({ queue }: Death): boolean => rungs.some(({ exchange }) => exchange === queue);

function textOf({ headers }: Delivery, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
