import { type ChannelModel, type ConfirmChannel, connect } from "amqplib";
import { afterAll, beforeAll } from "vitest";

export interface Sent {
  exchange: string;
  key: string;
  body: string;
  correlationId?: string;
  headers?: object;
}

/** Publishes to the broker, past every door, as any publisher on AMQP could: all of it confirmed. */
export function pastEveryDoor(amqpUrl: () => string): (...messages: Sent[]) => Promise<void> {
  let broker: ChannelModel;
  let channel: ConfirmChannel;
  beforeAll(async () => {
    broker = await connect(amqpUrl());
    channel = await broker.createConfirmChannel();
  });
  afterAll(() => broker.close());
  return async (...messages) => {
    for (const { exchange, key, body, ...properties } of messages) {
      channel.publish(exchange, key, Buffer.from(body), { persistent: true, ...properties });
    }
    await channel.waitForConfirms();
  };
}
