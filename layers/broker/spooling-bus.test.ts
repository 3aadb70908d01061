import { type AddressInfo, createServer, type Socket } from "node:net";
import { type ChannelModel, connect } from "amqplib";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Fresh, freshVhost } from "../../test/fresh.ts";
import { startProxy, type TcpProxy } from "../../test/proxy.ts";
import { systemClock } from "../core/clock.ts";
import { UnavailableError } from "../core/errors.ts";
import { DEAD_LETTER_QUEUE, topology } from "../topology/topology.ts";
import { type Bus, createBus } from "./bus.ts";
import { declareTopology } from "./declare.ts";
import { headers, type Outgoing } from "./message.ts";
import { decodeOutgoing, encodeOutgoing } from "./spool-record.ts";
import { createSpoolingBus } from "./spooling-bus.ts";
import { publishSpooled } from "./unspool.ts";

let vhost: Fresh;
let admin: ChannelModel;
let proxy: TcpProxy;
let bus: Bus;
let asked: number;
let spooled: Buffer[];

beforeAll(async () => {
  vhost = await freshVhost();
  admin = await connect(vhost.url);
  await declareTopology(admin, topology());
  proxy = await startProxy(vhost.url);
});

beforeEach(() => {
  proxy.heal();
  spooled = [];
  asked = 0;
  const real = createBus({ url: proxy.url, name: "test", deadlineMs: 3_000 });
  bus = {
    publish(messages) {
      asked++;
      return real.publish(messages);
    },
    close: () => real.close(),
  };
});

afterEach(async () => {
  await bus.close();
  await delivered("metrics.updates");
});

afterAll(async () => {
  await proxy.close();
  await admin.close();
  await vhost.drop();
});

const spool = { put: async (records: readonly Buffer[]) => void spooled.push(...records) };
/** No queue is bound to `metrics.events` for it. */
const NOBODYS = "nobody.asked";

const message = (messageId: string, routingKey = "model.updated"): Outgoing => ({
  exchange: routingKey === NOBODYS ? "metrics.events" : "models.events",
  routingKey,
  body: Buffer.from(`body of ${messageId}`),
  properties: { mandatory: true, persistent: true, messageId },
});

async function delivered(queue: string) {
  const channel = await admin.createChannel();
  const found = [];
  for (
    let got = await channel.get(queue, { noAck: true });
    got;
    got = await channel.get(queue, { noAck: true })
  ) {
    found.push(got.properties);
  }
  await channel.close();
  return found;
}

const idsIn = async (queue: string) => (await delivered(queue)).map(({ messageId }) => messageId);

it("publishes, and spools nothing, while the broker is there", async () => {
  const spooling = createSpoolingBus({ bus, spool });
  expect(await spooling.publish([message("1"), message("2")])).toBe("confirmed");
  expect(await idsIn("metrics.updates")).toEqual(["1", "2"]);
  expect(spooled).toEqual([]);
});

it("spools all messages as they are when the broker is away [BUS-06]", async () => {
  const spooling = createSpoolingBus({ bus, spool });
  proxy.break();
  expect(await spooling.publish([message("1"), message("2")])).toBe("spooled");
  expect(spooled.map(decodeOutgoing)).toEqual([message("1"), message("2")]);
});

it("asks a broker that is away once in a while only, and goes back to it when it answers [BUS-06]", async () => {
  let now = 0;
  const spooling = createSpoolingBus({ bus, spool, awayMs: 5_000, clock: { now: () => now } });
  proxy.break();
  for (now = 0; now < 10_000; now += 100) expect(await spooling.publish([message(`${now}`)])).toBe("spooled");
  expect(asked).toBe(2);
  proxy.heal();
  now = 9_999;
  expect(await spooling.publish([message("waits still")])).toBe("spooled");
  now = 10_000;
  expect(await spooling.publish([message("tries")])).toBe("confirmed");
  expect(await spooling.publish([message("follows")])).toBe("confirmed");
});

it("lets one request wait for a broker that does not answer, and the others go on [BUS-06]", async () => {
  const sockets: Socket[] = [];
  const mute = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
  await new Promise((resolve) => mute.once("listening", resolve));
  const url = `amqp://127.0.0.1:${(mute.address() as AddressInfo).port}/`;
  const silent = createBus({ url, name: "test", deadlineMs: 700, connectTimeoutMs: 700 });
  const clock = { now: () => systemClock.now() + skipped };
  let skipped = 0;
  const spooling = createSpoolingBus({ bus: silent, spool, clock });
  await spooling.publish([message("finds out")]);
  skipped = 60_000;
  const probe = spooling.publish([message("probes")]);
  const startedAt = performance.now();
  for (let i = 0; i < 50; i++) expect(await spooling.publish([message(`${i}`)])).toBe("spooled");
  expect(performance.now() - startedAt).toBeLessThan(500);
  expect(await probe).toBe("spooled");
  expect(spooled).toHaveLength(52);
  await silent.close();
  for (const socket of sockets) socket.destroy();
  mute.close();
});

it("spools nothing that no queue takes: that is for the caller to know", async () => {
  const spooling = createSpoolingBus({ bus, spool });
  await expect(spooling.publish([message("1", NOBODYS)])).rejects.toMatchObject({
    code: "unroutable",
  });
  expect(spooled).toEqual([]);
  expect(await spooling.publish([message("2")])).toBe("confirmed");
});

it("fails with the spool's word when both are away", async () => {
  const full = new UnavailableError("the spool is full", { code: "buffer_full" });
  const spooling = createSpoolingBus({ bus, spool: { put: () => Promise.reject(full) } });
  proxy.break();
  await expect(spooling.publish([message("1")])).rejects.toBe(full);
});

it("publishes what was spooled in order, and buries what nobody takes or nobody can read [BUS-06]", async () => {
  const records = [message("1"), message("2", NOBODYS), message("3")].map(encodeOutgoing);
  await publishSpooled([...records, Buffer.from("garbage")], { bus, clock: systemClock });
  // The first time all went at once: consumers pass over the repeat.
  expect([...new Set(await idsIn("metrics.updates"))]).toEqual(["1", "3"]);
  const dead = (await delivered(DEAD_LETTER_QUEUE)).map(({ messageId, headers: given }) => ({
    messageId,
    queue: given?.[headers.queue],
    code: given?.[headers.errorCode],
  }));
  expect(dead).toContainEqual({ messageId: "2", queue: "spool", code: "unroutable" });
  expect(dead).toContainEqual({ messageId: undefined, queue: "spool", code: "undecodable" });
});

it("publishes nothing of the spool while the broker is away, saying so", async () => {
  proxy.break();
  const publishing = publishSpooled([encodeOutgoing(message("1"))], { bus, clock: systemClock });
  await expect(publishing).rejects.toMatchObject({ code: "broker_unavailable" });
});
