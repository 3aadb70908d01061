import type { Channel, ChannelModel, ConfirmChannel } from "amqplib";
import { LOGICAL_PARTITIONS } from "../core/partition.ts";
import { physicalName, queueArguments } from "../topology/queue-arguments.ts";
import {
  familyQueueName,
  measurementKeys,
  partitionedFamilies,
  type Topology,
} from "../topology/topology.ts";
import { closeQuietly, openConfirmChannel } from "./connection.ts";

/**
 * Declares what the table says, idempotently. Publishers never declare.
 *
 * When the number of partitions changed, the new bindings are made before the old ones go: for a moment a point
 * reaches two queues, which is harmless (the same version twice), and never none. A queue that is no longer in
 * the table is emptied into those that are, and deleted.
 */
export async function declareTopology(connection: ChannelModel, topology: Topology): Promise<void> {
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
    for (const name of await existingQueues(connection, family)) {
      const wanted = new Set(keysBoundTo(topology, name));
      for (const key of measurementKeys(() => true)) {
        if (!wanted.has(key)) await channel.unbindQueue(name, "metrics.events", key);
      }
    }
  }
}

function keysBoundTo({ bindings }: Topology, queue: string): string[] {
  return bindings.filter((b) => b.queue === queue && b.exchange === "metrics.events").map(({ key }) => key);
}

async function existingQueues(connection: ChannelModel, family: string): Promise<string[]> {
  const names = Array.from({ length: LOGICAL_PARTITIONS }, (_, index) => familyQueueName(family, index));
  const found: string[] = [];
  for (const name of names) if (await exists(connection, name)) found.push(name);
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
 * Empties a queue into another and deletes it. Each message is confirmed in its new queue before it leaves the
 * old one. A consumer that still holds messages of the old queue gives them back by ending; until then the queue
 * is not empty, and the delete is tried again.
 */
async function moveAndDelete(connection: ChannelModel, from: string, to: string): Promise<void> {
  const channel = await openConfirmChannel(connection);
  try {
    for (;;) {
      const message = await channel.get(from);
      if (message) {
        await confirmed(channel, to, message.content, message.properties);
        channel.ack(message);
      } else if (await deletedIfEmpty(connection, from)) return;
      else await new Promise((resolve) => setTimeout(resolve, RETIRE_PAUSE_MS));
    }
  } finally {
    await closeQuietly(channel);
  }
}

const RETIRE_PAUSE_MS = 200;

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

async function deletedIfEmpty(connection: ChannelModel, queue: string): Promise<boolean> {
  const channel = await connection.createChannel();
  channel.on("error", () => undefined);
  try {
    await channel.deleteQueue(queue, { ifEmpty: true });
    await channel.close();
    return true;
  } catch {
    return false;
  }
}
