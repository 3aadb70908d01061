import type { ChannelModel, ConfirmChannel } from "amqplib";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { manifest } from "../../functions/manifest.ts";
import { createVault, testManagement, urlFor } from "../../test/broker-users.ts";
import { type Fresh, freshVhost } from "../../test/fresh.ts";
import { exchangeOf } from "../core/payloads.ts";
import { type BrokerUser, brokerUsers } from "../topology/broker-users.ts";
import { physicalName } from "../topology/queue-arguments.ts";
import { rungs, topology } from "../topology/topology.ts";
import { closeQuietly, openConnection } from "./connection.ts";
import { provisionUsers } from "./credentials.ts";
import { declareTopology } from "./declare.ts";
import { createSubscriber } from "./subscriber/index.ts";

const REFUSED = 403;
const now = () => Date.now();
const table = topology();
const applications = [
  { name: "shop", publishes: ["order.", "api."], subscribes: true },
  { name: "till", publishes: ["order."], subscribes: false },
];
const users = brokerUsers(applications);
const vault = createVault(now);

let vhost: Fresh;

beforeAll(async () => {
  vhost = await freshVhost();
  const connection = await openConnection({ url: vhost.url, name: "test" });
  await declareTopology(connection, table);
  await closeQuietly(connection);
  const tryOut = async () => undefined;
  await provisionUsers(users, {
    vault,
    management: testManagement(),
    vhost: vhost.name,
    clock: { now },
    tryOut,
  });
});

afterAll(async () => {
  await vault.discard();
  await vhost.drop();
});

/** One routing key of every kind that there is. */
const keys = [
  "telemetry.data.received.03",
  "alert.triggered",
  "metric.defined",
  "device.registered",
  "user.deleted",
  "model.registered",
  "api.error",
  "api.latency",
  "log.entry",
  "order.placed",
];
const committed = ["alert.triggered", "metric.defined"];

/** What each may publish, once more and by hand; whoever is not named publishes nothing. */
const mayPublish: Readonly<Record<string, readonly string[]>> = {
  "ingest-points": ["telemetry.data.received.03"],
  "tick-rules": ["telemetry.data.received.03"],
  "ingest-events": keys,
  "drain-spool": keys,
  "ingest-logs": ["log.entry"],
  "manage-definitions": committed,
  "manage-rules": committed,
  "manage-alerts": committed,
  "publish-outbox": committed,
  "evaluate-rules": committed,
  "follow-registry": committed,
  shop: ["order.placed", "api.error", "api.latency"],
  till: ["order.placed"],
};

/** These ask how full queues are. */
const asking = ["report-health", "describe-bus", "sample-queues", "manage-dead-letters"];

const consumedBy = (service: string) =>
  table.queues.filter(({ consumer }) => consumer === service).map(({ name }) => name);

async function withConnection<Result>(
  { service }: BrokerUser,
  work: (connection: ChannelModel) => Promise<Result>,
): Promise<Result> {
  const connection = await openConnection({ url: urlFor(vhost.url, vault.held(service)), name: service });
  try {
    return await work(connection);
  } finally {
    await closeQuietly(connection);
  }
}

/** On a channel of its own, since a refusal closes it. @returns whether the broker let it be done */
async function allowed(
  connection: ChannelModel,
  act: (channel: ConfirmChannel) => Promise<unknown>,
): Promise<boolean> {
  const channel = await connection.createConfirmChannel();
  const refused = new Promise<false>((resolve, reject) => {
    channel.once("error", (error: Error & { code?: number }) =>
      error.code === REFUSED ? resolve(false) : reject(error),
    );
  });
  const done = act(channel).then(() => true);
  done.catch(() => undefined);
  const outcome = await Promise.race([refused, done.catch(() => refused)]);
  if (outcome) await closeQuietly(channel);
  return outcome;
}

const publishing = (exchange: string, key: string) => (channel: ConfirmChannel) =>
  new Promise<void>((resolve, reject) => {
    channel.publish(exchange, key, Buffer.from("{}"), {}, (error) => (error ? reject(error) : resolve()));
  });

const consuming = (queue: string) => async (channel: ConfirmChannel) => {
  await channel.prefetch(1);
  await channel.consume(queue, () => undefined);
};

async function those<Each>(all: readonly Each[], are: (one: Each) => Promise<boolean>): Promise<Each[]> {
  const found: Each[] = [];
  for (const one of all) if (await are(one)) found.push(one);
  return found;
}

it("has a user for every function that needs the broker, and for no other", () => {
  const needy = manifest.filter(({ needs }) => needs.includes("broker")).map(({ name }) => name);
  expect(
    brokerUsers()
      .map(({ service }) => service)
      .sort(),
  ).toEqual(needy.sort());
});

it.each(asking)("lets %s ask for every queue, as newer brokers check [EVT-08]", (service) => {
  const user = users.find((each) => each.service === service);
  const right = new RegExp(user?.write ?? "^$");
  const subscribers = service === "manage-dead-letters" ? ["shop.orders"] : [];
  const names = [...table.queues.filter(({ enabled }) => enabled).map(physicalName), ...subscribers];
  expect(names.filter((name) => !right.test(name))).toEqual([]);
  expect(right.test("amq.default")).toBe(false);
});

describe.each(users)("the user of $service", (user) => {
  const { service } = user;
  const consumed = consumedBy(service);

  it("publishes the types that are its own to publish, and no other [EVT-08]", async () => {
    const published = await withConnection(user, (connection) =>
      those(keys, (key) => allowed(connection, publishing(exchangeOf(key), key))),
    );
    expect(published).toEqual(keys.filter((key) => mayPublish[service]?.includes(key)));
  });

  it("consumes the queues that are its own, and no other [EVT-08]", async () => {
    const names = table.queues.map(({ name }) => name);
    const got = await withConnection(user, (connection) =>
      those(names, (name) => allowed(connection, consuming(name))),
    );
    expect(got).toEqual(names.filter((name) => consumed.includes(name)));
  });

  it("puts back and buries what it consumes, and nothing in another's name [EVT-08]", async () => {
    const settles = consumed.length > 0 || service === "shop";
    await withConnection(user, async (connection) => {
      const may = (exchange: string, key: string) => allowed(connection, publishing(exchange, key));
      for (const { exchange } of rungs) {
        const tick = service === "accept-socket" && exchange === "retry.1s";
        const reaches = settles || tick || asking.includes(service);
        expect([exchange, await may(exchange, "nowhere")]).toEqual([exchange, reaches]);
      }
      for (const queue of consumed) expect(await may("dead.letters", queue)).toBe(true);
      expect(await may("dead.letters", "another's")).toBe(false);
      expect(await may("retry.return", "nowhere")).toBe(service === "manage-dead-letters");
      // The default exchange leads to every queue there is.
      expect(await may("", "telemetry.points.0")).toBe(false);
    });
  });

  it("declares, binds and deletes nothing of the platform's [EVT-08]", async () => {
    await withConnection(user, async (connection) => {
      const may = (act: (channel: ConfirmChannel) => Promise<unknown>) => allowed(connection, act);
      expect(await may((channel) => channel.assertQueue("new"))).toBe(false);
      expect(await may((channel) => channel.assertExchange("new", "topic"))).toBe(false);
      expect(await may((channel) => channel.deleteQueue("telemetry.points.0"))).toBe(false);
      expect(await may((channel) => channel.purgeQueue("audit.trail"))).toBe(
        consumed.includes("audit.trail"),
      );
      expect(await may((channel) => channel.bindQueue("audit.trail", "domain.events", "#"))).toBe(false);
    });
  });

  it("is no user of the management API [EVT-08]", async () => {
    const { origin } = new URL(inject("managementUrl"));
    const { username, password } = vault.held(service);
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    expect((await fetch(`${origin}/api/overview`, { headers: { authorization } })).status).toBe(401);
  });
});

it("lets an application subscribe with queues under its own name, and with no others [EVT-08]", async () => {
  const url = urlFor(vhost.url, vault.held("shop"));
  const got: string[] = [];
  const options = {
    url,
    patterns: ["order.#"],
    handler: ({ type }: { type: string }) => void got.push(type),
  };
  const subscriber = createSubscriber({ ...options, queue: "shop.orders" });
  await subscriber.ready();
  const till = users.find(({ service }) => service === "till");
  if (!till) throw new Error("expected a user of the till");
  await withConnection(till, (connection) =>
    allowed(connection, (channel) => publishing("domain.events", "order.placed")(channel)),
  );
  await subscriber.close();
  const other = createSubscriber({ ...options, queue: "others.orders" });
  await expect(other.ready()).rejects.toThrow(/403|ACCESS_REFUSED|access/);
  await other.close();
});
