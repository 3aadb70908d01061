import { afterAll, beforeAll, expect, it } from "vitest";
import type { BusDescription } from "../../functions/describe-bus/schema.ts";
import { topology } from "../../layers/topology/topology.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { point } from "../points.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform({ consume: false });
});

afterAll(async () => {
  await platform.stop();
});

const describeBus = async () => (await platform.get<BusDescription>("/api/v1/bus")).body;

it("shows every exchange, every queue that is declared, and every binding between them [BUS-01, BUS-02]", async () => {
  const { exchanges, queues, bindings } = await describeBus();
  const expected = topology();
  const enabled = expected.queues.filter((queue) => queue.enabled).map(({ name }) => name);
  expect(exchanges.map(({ name }) => name)).toEqual(expected.exchanges.map(({ name }) => name));
  expect(queues.map(({ name }) => name)).toEqual(enabled);
  expect(bindings).toEqual(expected.bindings.filter(({ queue }) => enabled.includes(queue)));
  expect(queues.find(({ name }) => name === "audit.trail")).toMatchObject({
    kind: "work",
    consumer: "append-audit",
    ready: 0,
    consumers: 0,
    max_length: null,
  });
  expect(queues.find(({ name }) => name === "telemetry.stream")?.max_length).toBe(1_000);
});

it("shows how full queues are and how fast they fill", async () => {
  await describeBus();
  const { status } = await platform.post("/api/v1/telemetry/devices/device_001/telemetry", point());
  expect(status).toBe(200);
  const stream = async () => (await describeBus()).queues.find(({ name }) => name === "telemetry.stream");
  await expect.poll(async () => (await stream())?.growth_per_second).toBeGreaterThan(0);
});

it("shows it to who may read", async () => {
  expect((await platform.get("/api/v1/bus", { key: null })).status).toBe(401);
});
