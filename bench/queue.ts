import { connect } from "amqplib";
import { declareTopology } from "../layers/broker/declare.ts";
import { topology } from "../layers/topology/topology.ts";
import { expectExactly } from "./measure.ts";

/** Gives a virtual host the exchanges, queues and bindings of the table. */
export async function declareOn(url: string): Promise<void> {
  const connection = await connect(url);
  await declareTopology(connection, topology());
  await connection.close();
}

/** @throws unless the queue holds exactly so many messages; empties it */
export async function expectAndPurge(url: string, queue: string, messages: number): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  const { messageCount } = await channel.purgeQueue(queue);
  await connection.close();
  expectExactly(`messages in ${queue}`, messages, messageCount);
}
