import type { ChannelModel } from "amqplib";
import { physicalName } from "../topology/queue-arguments.ts";
import type { Topology } from "../topology/topology.ts";
import { brokerGone, type ConnectionOptions, closeQuietly, openConnection } from "./connection.ts";

export interface QueueDepth {
  queue: string;
  /** Messages ready for delivery; those in a consumer's hands are not among them. */
  ready: number;
  consumers: number;
}

/** Reads queues' depths and consumers, and whether they are there. */
export interface BrokerView {
  /** Of every enabled queue. @throws {UnavailableError} */
  depths(topology: Topology): Promise<QueueDepth[]>;
  /** Which of these queues are on the broker, by the names it knows them by. @throws {UnavailableError} */
  existing(queues: readonly string[]): Promise<Set<string>>;
  close(): Promise<void>;
}

/** By passive declares: right at once, while the management API lags by seconds. */
export function createBrokerView(options: ConnectionOptions): BrokerView {
  let connection: ChannelModel | undefined;

  async function connected(): Promise<ChannelModel> {
    if (connection) return connection;
    const opened = await openConnection(options);
    opened.on("close", () => {
      if (connection === opened) connection = undefined;
    });
    connection = opened;
    return opened;
  }

  return {
    async depths({ queues }) {
      const names = queues.filter(({ enabled }) => enabled).map(physicalName);
      const broker = await connected();
      const channel = await broker.createChannel().catch((cause: unknown) => {
        throw brokerGone("cannot ask for the queues' depths", cause);
      });
      channel.on("error", () => undefined);
      try {
        const answers = await Promise.all(names.map((name) => channel.checkQueue(name)));
        return answers.map(({ queue, messageCount, consumerCount }) => ({
          queue,
          ready: messageCount,
          consumers: consumerCount,
        }));
      } catch (cause) {
        throw brokerGone("cannot ask for the queues' depths", cause);
      } finally {
        await closeQuietly(channel);
      }
    },
    async existing(queues) {
      const found = new Set<string>();
      for (const queue of queues) if (await isThere(await connected(), queue)) found.add(queue);
      return found;
    },
    async close() {
      await closeQuietly(connection);
      connection = undefined;
    },
  };
}

const NOT_FOUND = 404;

/** Asking for a queue that is not there closes the channel: each question has its own. */
async function isThere(broker: ChannelModel, queue: string): Promise<boolean> {
  // AMQP cannot even ask for a longer name.
  if (Buffer.byteLength(queue) > 255) return false;
  try {
    const channel = await broker.createChannel();
    channel.on("error", () => undefined);
    await channel.checkQueue(queue);
    await closeQuietly(channel);
    return true;
  } catch (cause) {
    if ((cause as { code?: unknown }).code === NOT_FOUND) return false;
    throw brokerGone(`cannot ask for the queue "${queue}"`, cause);
  }
}
