import { type ChannelModel, connect, type GetMessage } from "amqplib";

/** Reads all that is ready in a queue, in its order, and leaves it there. */
export async function contentsOf(amqpUrl: string, queue: string): Promise<GetMessage[]> {
  const connection = await connect(amqpUrl);
  try {
    const channel = await connection.createChannel();
    const found: GetMessage[] = [];
    for (;;) {
      const message = await channel.get(queue);
      if (!message) return found;
      found.push(message);
    }
  } finally {
    await connection.close();
  }
}

/** How many consumers the broker sees at a queue, or that the queue is not there. */
export async function consumersOf(connection: ChannelModel, queue: string): Promise<number | "no queue"> {
  const channel = await connection.createChannel();
  channel.on("error", () => undefined);
  try {
    const { consumerCount } = await channel.checkQueue(queue);
    await channel.close();
    return consumerCount;
  } catch {
    return "no queue"; // The broker has closed the channel.
  }
}
