import { type ChannelModel, connect } from "amqplib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Fresh, freshVhost } from "../../test/fresh.ts";
import { payloads } from "../core/payloads.ts";
import { type Binding, type Queue, topology } from "../topology/topology.ts";
import { createBus } from "./bus.ts";
import { declareTopology } from "./declare.ts";
import { createBrokerView } from "./depths.ts";

let vhost: Fresh;
let connection: ChannelModel;

beforeAll(async () => {
  vhost = await freshVhost();
  connection = await connect(vhost.url);
});

afterAll(async () => {
  await connection.close();
  await vhost.drop();
});

const depthOf = async (queue: string): Promise<number> => {
  const channel = await connection.createChannel();
  const { messageCount } = await channel.checkQueue(queue);
  await channel.close();
  return messageCount;
};

it("declares every exchange and every enabled queue, and again without complaint [BUS-01, BUS-02]", async () => {
  const table = topology();
  await declareTopology(connection, table);
  await declareTopology(connection, table);
  const channel = await connection.createChannel();
  for (const { name } of table.exchanges) await channel.checkExchange(name);
  await channel.close();
  const view = createBrokerView({ url: vhost.url, name: "test" });
  const enabled = table.queues.filter((queue) => queue.enabled).map(({ name }) => name);
  expect((await view.depths(table)).map(({ queue }) => queue)).toEqual(enabled);
  await view.close();
});

it("always declares the dead letters, and nothing whose consumer is not there yet", async () => {
  const table = topology();
  const later: Queue = { name: "not.yet", kind: "work", consumer: "nobody-yet", enabled: false, version: 1 };
  const binding: Binding = { exchange: "domain.events", queue: later.name, key: "#" };
  await declareTopology(connection, {
    ...table,
    queues: [...table.queues, later],
    bindings: [...table.bindings, binding],
  });
  expect(await depthOf("dlq.dead_letters")).toBe(0);
  const channel = await connection.createChannel();
  channel.on("error", () => undefined);
  await expect(channel.checkQueue(later.name)).rejects.toThrow("404");
});

it("routes each known type of count-usage to metrics.updates, and measurements to their partition's queue", async () => {
  const bus = createBus({ url: vhost.url, name: "test" });
  const message = (exchange: string, routingKey: string) => ({
    exchange,
    routingKey,
    body: Buffer.from("{}"),
    properties: { mandatory: true, persistent: true, messageId: routingKey },
  });
  const counted = payloads.filter(({ type }) => /^(model|filter|api)\./.test(type));
  await bus.publish(counted.map(({ exchange, type }) => message(exchange, type)));
  expect(await depthOf("metrics.updates")).toBe(counted.length);
  await bus.publish([
    message("metrics.events", "telemetry.data.received.06"),
    message("metrics.events", "telemetry.data.received"),
  ]);
  expect(await depthOf("telemetry.points.2")).toBe(1);
  expect(await depthOf("telemetry.points.0")).toBe(1);
  await bus.close();
});

it("leaves no tick with a queue of rules that its partition has gone from", async () => {
  const bus = createBus({ url: vhost.url, name: "test" });
  await declareTopology(connection, topology({ partitions: 6 }));
  await declareTopology(connection, topology({ partitions: 4 }));
  const before = await Promise.all([0, 1, 2, 3].map((i) => depthOf(`telemetry.rules.${i}`)));
  const properties = { mandatory: true, persistent: true, messageId: "tick" };
  const tick = { exchange: "metrics.events", routingKey: "telemetry.tick.06", body: Buffer.from("{}") };
  await bus.publish([{ ...tick, properties }]);
  const after = await Promise.all([0, 1, 2, 3].map((i) => depthOf(`telemetry.rules.${i}`)));
  expect(after.map((depth, i) => depth - (before[i] ?? 0))).toEqual([0, 0, 1, 0]);
  await bus.close();
});

it("changes the number of partitions without losing what waits in a queue that goes", async () => {
  const bus = createBus({ url: vhost.url, name: "test" });
  const publishToAll = (round: string) =>
    bus.publish(
      Array.from({ length: 16 }, (_, p) => ({
        exchange: "metrics.events",
        routingKey: `telemetry.data.received.${String(p).padStart(2, "0")}`,
        body: Buffer.from("{}"),
        properties: { mandatory: true, persistent: true, messageId: `${round} ${p}` },
      })),
    );
  await declareTopology(connection, topology({ partitions: 6 }));
  await publishToAll("six");
  expect(await depthOf("telemetry.points.5")).toBe(2);
  await declareTopology(connection, topology({ partitions: 4 }));
  await publishToAll("four");
  const depths = await Promise.all([0, 1, 2, 3].map((i) => depthOf(`telemetry.points.${i}`)));
  expect(depths.reduce((sum, depth) => sum + depth, 0)).toBe(2 + 16 + 16);
  const channel = await connection.createChannel();
  channel.on("error", () => undefined);
  await expect(channel.checkQueue("telemetry.points.5")).rejects.toThrow("404");
  await bus.close();
});
