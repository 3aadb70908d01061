import { randomUUID } from "node:crypto";
import { connect } from "amqplib";
import { createBus } from "../layers/broker/bus.ts";
import { eventMessage } from "../layers/broker/message.ts";
import { createPublisher } from "../layers/broker/publisher/index.ts";
import type { Event } from "../layers/core/envelope.ts";
import { expectExactly, until } from "./measure.ts";

/** A way to publish: what is compared is the code around the call, so all of them put the same message on the wire. */
export interface Sender {
  /** Hands an event over and returns. */
  publish(id: string): void;
  /** Publishes all, and resolves once the broker has stored them. */
  confirmed(ids: readonly string[]): Promise<void>;
  /** Resolves once all that was handed over is stored. @throws if anything was not */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const SOURCE = "/bench";
const TYPE = "model.queried";
const EXCHANGE = "models.events";
/** The queue that takes them. */
export const QUEUE = "metrics.updates";

const data = {
  model_id: "claude-opus-4-1",
  vendor: "anthropic",
  tier: "Tier_1",
  endpoint: "/api/v1/models/claude-opus-4-1",
  status: 200,
  duration_ms: 45.25,
  cache_hit: true,
};

/** What an application without the library would write. */
const newEvent = (id: string): Event => ({
  specversion: "1.0",
  id,
  source: SOURCE,
  type: TYPE,
  time: new Date().toISOString(),
  correlation_id: randomUUID(),
  datacontenttype: "application/json",
  data,
});

export const senders = { publisher: viaPublisher, bus: viaBus, amqplib: viaAmqplib };

/** The library that applications import. */
async function viaPublisher(url: string): Promise<Sender> {
  const publisher = createPublisher({ url, source: SOURCE });
  await publisher.check();
  return {
    publish: (id) => publisher.publish(TYPE, data, { id }),
    async confirmed(ids) {
      await Promise.all(ids.map((id) => publisher.publish(TYPE, data, { id, critical: true })));
    },
    async settled() {
      await until("all events confirmed", () => publisher.stats().buffered === 0);
      const { published, confirmed, dropped, refused, unroutable } = publisher.stats();
      expectExactly("events that were not stored", 0, published - confirmed + dropped + refused + unroutable);
    },
    close: () => publisher.close(),
  };
}

/** How handlers publish. */
async function viaBus(url: string): Promise<Sender> {
  const bus = createBus({ url, name: "bench" });
  let pending: Promise<void>[] = [];
  return {
    publish(id) {
      pending.push(bus.publish([eventMessage(newEvent(id))]));
    },
    confirmed: (ids) => bus.publish(ids.map((id) => eventMessage(newEvent(id)))),
    async settled() {
      await Promise.all(pending);
      pending = [];
    },
    close: () => bus.close(),
  };
}

/** The floor: amqplib and nothing else. */
async function viaAmqplib(url: string): Promise<Sender> {
  const connection = await connect(url, { noDelay: true });
  const channel = await connection.createConfirmChannel();
  let sent = 0;
  let stored = 0;
  const send = (id: string, confirmed: (error: unknown) => void) => {
    sent++;
    const event = newEvent(id);
    channel.publish(
      EXCHANGE,
      TYPE,
      Buffer.from(JSON.stringify(event)),
      {
        persistent: true,
        mandatory: true,
        contentType: "application/cloudevents+json",
        messageId: id,
        correlationId: event.correlation_id,
        type: TYPE,
        timestamp: Math.floor(Date.now() / 1_000),
      },
      confirmed,
    );
  };
  const count = (error: unknown) => {
    if (!error) stored++;
  };
  return {
    publish: (id) => send(id, count),
    async confirmed(ids) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      let left = ids.length;
      for (const id of ids) {
        send(id, (error) => {
          count(error);
          if (error) reject(error);
          else if (--left === 0) resolve();
        });
      }
      await promise;
    },
    settled: () => until("all events confirmed", () => stored === sent),
    close: () => connection.close(),
  };
}
