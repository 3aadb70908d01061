import { connect } from "amqplib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { declareTopology } from "../../layers/broker/declare.ts";
import { type BrokerView, createBrokerView } from "../../layers/broker/depths.ts";
import type { OwnMetric } from "../../layers/core/own-metrics.ts";
import { physicalName } from "../../layers/topology/queue-arguments.ts";
import { topology } from "../../layers/topology/topology.ts";
import { type Fresh, freshVhost } from "../../test/fresh.ts";
import { startProxy, type TcpProxy } from "../../test/proxy.ts";
import { createHandler } from "./handler.ts";

const table = topology({ partitions: 2 });
const enabled = table.queues.filter((queue) => queue.enabled).map(physicalName);
let vhost: Fresh;
let proxy: TcpProxy;
let broker: BrokerView;
let told: Record<string, number>;
const metrics = {
  tell({ name }: OwnMetric, value: number, of?: string) {
    told[`${name} ${of}`] = value;
  },
};

beforeEach(async () => {
  told = {};
  vhost = await freshVhost();
  proxy = await startProxy(vhost.url);
  broker = createBrokerView({ url: proxy.url, name: "sample-queues" });
});

afterEach(async () => {
  await broker.close();
  await proxy.close();
  await vhost.drop();
});

const sample = () => createHandler({ broker, metrics, topology: table })();

it("tells the depth and the consumers of every queue [AWS-06]", async () => {
  const client = await connect(vhost.url);
  await declareTopology(client, table);
  const channel = await client.createConfirmChannel();
  for (let i = 0; i < 3; i++) channel.sendToQueue("audit.trail", Buffer.from("{}"));
  await channel.waitForConfirms();
  await channel.consume("alerts.critical", () => undefined);
  await sample();
  const expected = enabled.flatMap((queue) => [
    [`QueueDepth ${queue}`, queue === "audit.trail" ? 3 : 0],
    [`QueueConsumers ${queue}`, queue === "alerts.critical" ? 1 : 0],
  ]);
  expect(told).toEqual(Object.fromEntries(expected));
  await client.close();
});

it("fails where it sees nothing, since then no queue's alarm can be raised [AWS-06]", async () => {
  // Nobody has declared the queues.
  await expect(sample()).rejects.toMatchObject({ code: "broker_unavailable" });
  await proxy.close();
  await expect(sample()).rejects.toMatchObject({ code: "broker_unavailable" });
  expect(told).toEqual({});
});
