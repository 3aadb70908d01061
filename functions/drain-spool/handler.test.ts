import { rm } from "node:fs/promises";
import { connect } from "amqplib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Bus, createBus } from "../../layers/broker/bus.ts";
import { declareTopology } from "../../layers/broker/declare.ts";
import { encodeOutgoing } from "../../layers/broker/spool-record.ts";
import { systemClock } from "../../layers/core/clock.ts";
import { UnavailableError } from "../../layers/core/errors.ts";
import type { OwnMetric } from "../../layers/core/own-metrics.ts";
import { openDiskSpool } from "../../layers/storage/spool/disk.ts";
import type { Spool } from "../../layers/storage/spool/port.ts";
import { topology } from "../../layers/topology/topology.ts";
import { type Fresh, freshVhost } from "../../test/fresh.ts";
import { startProxy, type TcpProxy } from "../../test/proxy.ts";
import { silentLogger } from "../../test/silent-logger.ts";
import { temporaryHome } from "../../test/temporary-home.ts";
import { createHandler } from "./handler.ts";

let vhost: Fresh;
let proxy: TcpProxy;
let bus: Bus;
let directory: string;
let spool: Spool;
const warnings: string[] = [];
let told: Record<string, number>;
const metrics = {
  tell({ name }: OwnMetric, value: number) {
    told[name] = value;
  },
};
const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };

beforeEach(async () => {
  told = {};
  vhost = await freshVhost();
  const admin = await connect(vhost.url);
  await declareTopology(admin, topology());
  await admin.close();
  proxy = await startProxy(vhost.url);
  bus = createBus({ url: proxy.url, name: "test" });
  directory = await temporaryHome();
  spool = await openDiskSpool({ directory });
  const target = { exchange: "models.events", routingKey: "model.updated" };
  const message = { ...target, body: Buffer.from("{}"), properties: { mandatory: true, persistent: true } };
  await spool.put(Array.from({ length: 600 }, () => encodeOutgoing(message)));
});

afterEach(async () => {
  await Promise.all([bus.close(), spool.close()]);
  await proxy.close();
  await Promise.all([vhost.drop(), rm(directory, { recursive: true, force: true })]);
});

const waiting = async () => (await spool.depth()).records;

it("drains the spool to its end [BUS-06]", async () => {
  await createHandler({ bus, spool, metrics, clock: systemClock, logger })();
  expect(await waiting()).toBe(0);
});

it("ends well before its timeout, and goes on with the next run", async () => {
  let now = 0;
  const clock = {
    now() {
      now += 25_000;
      return now;
    },
  };
  const drain = createHandler({ bus, spool, metrics, clock, logger });
  await drain();
  expect(await waiting()).toBe(100);
  await drain();
  expect(await waiting()).toBe(0);
});

it("leaves everything where it is while the broker is away, and says so [BUS-06]", async () => {
  proxy.break();
  await createHandler({ bus, spool, metrics, clock: systemClock, logger })();
  expect(await waiting()).toBe(600);
  expect(warnings).toEqual(["the spool waits on: the broker is away"]);
  proxy.heal();
  await createHandler({ bus, spool, metrics, clock: systemClock, logger })();
  expect(await waiting()).toBe(0);
});

it("tells how much waits, and for how long, whether or not the broker is there [AWS-06]", async () => {
  proxy.break();
  await createHandler({ bus, spool, metrics, clock: { now: () => Date.now() + 60_000 }, logger })();
  expect(told).toEqual({ SpoolMessages: 600, SpoolAge: expect.any(Number) });
  expect(told.SpoolAge).toBeGreaterThanOrEqual(60);
  proxy.heal();
  await createHandler({ bus, spool, metrics, clock: systemClock, logger })();
  expect(told).toEqual({ SpoolMessages: 0, SpoolAge: 0 });
});

it("fails where the spool cannot be read: nobody would learn otherwise that messages wait in it [AWS-06]", async () => {
  const unreadable = async () => {
    throw new UnavailableError("access denied", { code: "spool_unavailable" });
  };
  const closed = { ...spool, drain: unreadable, depth: unreadable };
  const drain = createHandler({ bus, spool: closed, metrics, clock: systemClock, logger });
  await expect(drain()).rejects.toMatchObject({ code: "spool_unavailable" });
});
