import type { Channel, ChannelModel, ConfirmChannel } from "amqplib";
import { LOGICAL_PARTITIONS } from "../core/partition.ts";
import { physicalName, queueArguments } from "../topology/queue-arguments.ts";
import {
  familyQueueName,
  measurementKeys,
  partitionedFamilies,
  RETURN_EXCHANGE,
  type Topology,
  tickKeys,
} from "../topology/topology.ts";
import { closeQuietly, openConfirmChannel } from "./connection.ts";
import { lockDeclaration } from "./declaration-lock.ts";

/**
 * Declares what the table says, idempotently. Publishers never declare. One at a time: of two tables that differ, one
 * could take away the bindings that the other has just made.
 *
 * When the number of partitions changed, the new bindings are made before the old ones go: for a moment a point
 * reaches two queues, which is harmless (the same version twice), and never none. A queue that is no longer in
 * the table is emptied into those that are, and deleted.
 */
export async function declareTopology(connection: ChannelModel, topology: Topology): Promise<void> {
  const lock = await lockDeclaration(connection);
  try {
    await declareLocked(connection, topology);
  } finally {
    await lock.release();
  }
}

async function declareLocked(connection: ChannelModel, topology: Topology): Promise<void> {
  const channel = await connection.createChannel();
  try {
    await declareExchanges(channel, topology);
    await declareQueues(channel, topology);
    await bind(channel, topology);
    await unbindOldPartitions(connection, channel, topology);
  } finally {
    await closeQuietly(channel);
  }
  await retirePartitions(connection, topology);
}

async function declareExchanges(channel: Channel, { exchanges }: Topology): Promise<void> {
  // Those that name an alternate come last, since the alternate must exist.
  for (const { name, type, alternate } of [...exchanges].sort(
    (a, b) => Number(!!a.alternate) - Number(!!b.alternate),
  )) {
    await channel.assertExchange(name, type, { durable: true, alternateExchange: alternate });
  }
}

async function declareQueues(channel: Channel, { queues }: Topology): Promise<void> {
  for (const queue of queues.filter(({ enabled }) => enabled)) {
    await channel.assertQueue(physicalName(queue), { durable: true, arguments: queueArguments(queue) });
  }
}

async function bind(channel: Channel, { queues, bindings }: Topology): Promise<void> {
  const declared = new Map(
    queues.filter(({ enabled }) => enabled).map((queue) => [queue.name, physicalName(queue)]),
  );
  for (const { exchange, queue, key } of bindings) {
    const physical = declared.get(queue);
    if (physical) await channel.bindQueue(physical, exchange, key);
  }
}

/** Removing a binding that is not there is no error, so nothing needs to be known of the former table. */
async function unbindOldPartitions(
  connection: ChannelModel,
  channel: Channel,
  topology: Topology,
): Promise<void> {
  for (const { family, enabled } of partitionedFamilies) {
    if (!enabled) continue;
    for (const queue of await existingQueues(connection, family)) {
      await unbindAllBut(channel, topology, { exchange: "metrics.events", queue }, [
        ...measurementKeys(() => true),
        ...tickKeys(() => true),
      ]);
      await unbindAllBut(channel, topology, { exchange: RETURN_EXCHANGE, queue }, familyQueueNames(family));
    }
  }
}

async function unbindAllBut(
  channel: Channel,
  { bindings }: Topology,
  { exchange, queue }: { exchange: string; queue: string },
  keys: readonly string[],
): Promise<void> {
  const wanted = bindings.filter((binding) => binding.queue === queue && binding.exchange === exchange);
  const kept = new Set(wanted.map(({ key }) => key));
  for (const key of keys) if (!kept.has(key)) await channel.unbindQueue(queue, exchange, key);
}

const familyQueueNames = (family: string): string[] =>
  Array.from({ length: LOGICAL_PARTITIONS }, (_, index) => familyQueueName(family, index));

async function existingQueues(connection: ChannelModel, family: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of familyQueueNames(family)) if (await exists(connection, name)) found.push(name);
  return found;
}

/** Asking for a queue that is not there closes the channel: each question has its own. */
async function exists(connection: ChannelModel, queue: string): Promise<boolean> {
  const channel = await connection.createChannel();
  channel.on("error", () => undefined);
  try {
    await channel.checkQueue(queue);
    await channel.close();
    return true;
  } catch {
    return false;
  }
}

async function retirePartitions(connection: ChannelModel, topology: Topology): Promise<void> {
  for (const { family, enabled } of partitionedFamilies) {
    if (!enabled) continue;
    const kept = topology.queues.filter((queue) => queue.partition?.family === family).map(physicalName);
    const retired = (await existingQueues(connection, family)).filter((name) => !kept.includes(name));
    for (const [i, name] of retired.entries())
      await moveAndDelete(connection, name, kept[i % kept.length] ?? family);
  }
}

/**
 * Empties a queue that nothing is bound to any more into another, and deletes it. Each message is confirmed in
 * its new queue before it leaves the old one. While a consumer is still there it may hold messages and give them
 * back, so the queue is left to it, and deleted when the topology is next declared. (Quorum queues cannot be
 * deleted on condition of being empty.)
 */
async function moveAndDelete(connection: ChannelModel, from: string, to: string): Promise<void> {
  const channel = await openConfirmChannel(connection);
  try {
    for (;;) {
      const message = await channel.get(from);
      if (message) {
        await confirmed(channel, to, message.content, message.properties);
        channel.ack(message);
        continue;
      }
      const { messageCount, consumerCount } = await channel.checkQueue(from);
      if (consumerCount > 0) return;
      if (messageCount === 0) {
        await channel.deleteQueue(from);
        return;
      }
    }
  } finally {
    await closeQuietly(channel);
  }
}

function confirmed(
  channel: ConfirmChannel,
  queue: string,
  content: Buffer,
  properties: object,
): Promise<void> {
  return new Promise((resolve, reject) => {
    channel.sendToQueue(queue, content, properties, (error: Error | null) =>
      error ? reject(error) : resolve(),
    );
  });
}
