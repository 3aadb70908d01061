import { type ChannelModel, connect } from "amqplib";
import { expect } from "vitest";
import { createBus } from "../layers/broker/bus.ts";
import { declareTopology } from "../layers/broker/declare.ts";
import { eventMessage } from "../layers/broker/message.ts";
import { makeEvent } from "../layers/broker/publisher/event.ts";
import { createSubscriber, type EventContext, type Subscriber } from "../layers/broker/subscriber/index.ts";
import type { SubscriberOptions } from "../layers/broker/subscriber/options.ts";
import type { Event } from "../layers/core/envelope.ts";
import { topology } from "../layers/topology/topology.ts";
import { type Fresh, freshVhost } from "./fresh.ts";

export interface Subscriptions {
  readonly vhost: Fresh;
  readonly admin: ChannelModel;
  /** A subscriber that is closed at the end of the test, and its queue deleted. */
  subscribe(options: Partial<SubscriberOptions> & Pick<SubscriberOptions, "queue" | "handler">): Subscriber;
  /** Publishes an event per id, in their order, and waits for the confirms. */
  publish(type: string, ...ids: string[]): Promise<void>;
  ready(queue: string): Promise<number>;
  closeAll(): Promise<void>;
  drop(): Promise<void>;
}

/** A virtual host with the platform's topology, and subscribers on it. */
export async function freshSubscriptions(): Promise<Subscriptions> {
  const vhost = await freshVhost();
  const admin = await connect(vhost.url);
  await declareTopology(admin, topology());
  const bus = createBus({ url: vhost.url, name: "test" });
  const open: Subscriber[] = [];
  const queues = new Set<string>();

  async function onChannel<Result>(
    act: (channel: Awaited<ReturnType<ChannelModel["createChannel"]>>) => Promise<Result>,
  ) {
    const channel = await admin.createChannel();
    channel.on("error", () => undefined);
    try {
      return await act(channel);
    } finally {
      await channel.close().catch(() => undefined);
    }
  }

  return {
    vhost,
    admin,
    subscribe(options) {
      const quick = { url: vhost.url, reconnectMs: 10, maxReconnectMs: 100 };
      const subscriber = createSubscriber({ ...quick, patterns: ["order.#"], ...options });
      open.push(subscriber);
      queues.add(options.queue);
      return subscriber;
    },
    publish: (type, ...ids) =>
      bus.publish(
        ids.map((id) => eventMessage(makeEvent("/test", type, { model_id: id, vendor: "v" }, { id }))),
      ),
    ready: (queue) => onChannel(async (channel) => (await channel.checkQueue(queue)).messageCount),
    async closeAll() {
      await Promise.all(open.splice(0).map((subscriber) => subscriber.close()));
      for (const queue of queues) await onChannel((channel) => channel.deleteQueue(queue));
      queues.clear();
    },
    async drop() {
      await bus.close();
      await admin.close();
      await vhost.drop();
    },
  };
}

export interface Taking {
  readonly ids: string[];
  readonly contexts: EventContext[];
  readonly handler: (event: Event, context: EventContext) => Promise<void>;
}

/** A handler that remembers what it was given. */
export function taking(): Taking {
  const ids: string[] = [];
  const contexts: EventContext[] = [];
  return {
    ids,
    contexts,
    handler: async ({ id }, context) => {
      ids.push(id);
      contexts.push(context);
    },
  };
}

/** As many ids: "0", "1" … */
export const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));

/** Waits until it is so: on a machine with other things to do that may take a while. */
export const eventually = <Value>(read: () => Value, interval = 50) =>
  expect.poll(read, { timeout: 20_000, interval });
