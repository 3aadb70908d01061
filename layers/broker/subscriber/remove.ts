import type { Channel } from "amqplib";
import { PermanentError, RefusedError } from "../../core/errors.ts";
import { closeQuietly, openConnection } from "../connection.ts";
import { faultInQueueName } from "./queue-name.ts";

export interface RemoveOptions {
  /** `amqp://` or `amqps://` URL of the broker; `?cacertfile=` names a PEM file of authorities to trust. */
  url: string;
  queue: string;
  /**
   * Even if events wait in it, which go with it, or if somebody consumes from it.
   * @default false
   */
  force?: boolean;
}

/**
 * Ends a subscription: its queue is deleted, and its bindings with it.
 *
 * @returns how many events were in it
 * @throws {RefusedError} 400: no subscriber's queue can have this name
 * @throws {PermanentError} `not_found`, or `in_use`: events or consumers, and no `force`
 * @throws {UnavailableError}
 */
export async function removeSubscription({ url, queue, force = false }: RemoveOptions): Promise<number> {
  const fault = faultInQueueName(queue);
  if (fault) throw new RefusedError(400, `queue: ${fault}`, [{ path: "queue", message: fault }]);
  const connection = await openConnection({ url, name: `removes ${queue}` });
  try {
    const channel = await connection.createChannel();
    channel.on("error", () => undefined);
    if (!force) await refuseInUse(channel, queue);
    // Quorum queues cannot be deleted on condition of being empty.
    return (await channel.deleteQueue(queue)).messageCount;
  } finally {
    await closeQuietly(connection);
  }
}

async function refuseInUse(channel: Channel, queue: string): Promise<void> {
  const { messageCount, consumerCount } = await channel.checkQueue(queue).catch((cause: unknown) => {
    throw new PermanentError(`there is no queue ${queue}`, { code: "not_found", cause });
  });
  if (messageCount === 0 && consumerCount === 0) return;
  throw new PermanentError(`${queue} holds ${messageCount} events and has ${consumerCount} consumers`, {
    code: "in_use",
  });
}
