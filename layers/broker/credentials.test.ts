import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createVault, type TestVault, testManagement, urlFor } from "../../test/broker-users.ts";
import { type Fresh, freshVhost } from "../../test/fresh.ts";
import { newEventId } from "../core/ids.ts";
import { brokerUsers } from "../topology/broker-users.ts";
import { topology } from "../topology/topology.ts";
import { type Bus, createBus } from "./bus.ts";
import { closeQuietly, openConnection } from "./connection.ts";
import { type CredentialsOptions, provisionUsers } from "./credentials.ts";
import { declareTopology } from "./declare.ts";
import type { Outgoing } from "./message.ts";
import type { Credentials } from "./users.ts";

const DAY_MS = 86_400_000;
const SERVICE = "ingest-logs";
const rights = brokerUsers().filter(({ service }) => service === SERVICE);
const management = () => testManagement();

let vhost: Fresh;
let vault: TestVault;
let now: number;
let buses: Bus[] = [];

beforeAll(async () => {
  vhost = await freshVhost();
  const connection = await openConnection({ url: vhost.url, name: "test" });
  await declareTopology(connection, topology());
  await closeQuietly(connection);
});

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  vault = createVault(() => now);
  await provision();
});

afterEach(async () => {
  for (const bus of buses) await bus.close();
  buses = [];
  await vault.discard();
});

afterAll(() => vhost.drop());

const connect = (credentials: Credentials) =>
  openConnection({ url: urlFor(vhost.url, credentials), name: "test" });

const tryOut = async (credentials: Credentials) => closeQuietly(await connect(credentials));

const provision = (options: Partial<CredentialsOptions> = {}) =>
  provisionUsers(rights, {
    ...{ vault, management: management(), vhost: vhost.name, clock: { now: () => now }, tryOut },
    ...options,
  });

/** As functions have it: what to log in with is looked up at every connection. */
function openBus(): Bus {
  const bus = createBus({ url: async () => urlFor(vhost.url, await vault.read(SERVICE)), name: "test" });
  buses.push(bus);
  return bus;
}

const entry = (): Outgoing => ({
  exchange: "logs.events",
  routingKey: "log.entry",
  body: Buffer.from("{}"),
  properties: { persistent: true, mandatory: true, messageId: newEventId() },
});

async function depth(): Promise<number> {
  const connection = await openConnection({ url: vhost.url, name: "test" });
  const channel = await connection.createChannel();
  const { messageCount } = await channel.checkQueue("logs.entries");
  await closeQuietly(connection);
  return messageCount;
}

it("renews what is thirty days old, with the other of a service's two users, and says so [EVT-08]", async () => {
  const before = vault.held(SERVICE);
  now += 29 * DAY_MS;
  expect(await provision()).toEqual([]);
  expect(vault.held(SERVICE)).toEqual(before);
  now += DAY_MS;
  expect(await provision()).toEqual([SERVICE]);
  const after = vault.held(SERVICE);
  expect(after.username).toBe(before.username.replace(/1$/, "2"));
  expect(after.password).not.toBe(before.password);
  await tryOut(after);
  expect(await provision()).toEqual([]);
  now += 30 * DAY_MS;
  expect(await provision()).toEqual([SERVICE]);
  expect(vault.held(SERVICE).username).toBe(before.username);
  await tryOut(vault.held(SERVICE));
});

it("lets in for a day who had read the former credentials, and nobody after that, but cuts off none [EVT-08]", async () => {
  const former = vault.held(SERVICE);
  now += 30 * DAY_MS;
  await provision();
  const open = await connect(former);
  now += DAY_MS - 1;
  await provision();
  await tryOut(former);
  now += 1;
  await provision();
  await expect(connect(former)).rejects.toThrow(/ACCESS_REFUSED|403/);
  await (await open.createChannel()).checkQueue("logs.entries");
  await closeQuietly(open);
  await tryOut(vault.held(SERVICE));
});

it("fails and loses nothing of what is published meanwhile, over connections old and new [EVT-08]", async () => {
  const before = await depth();
  const held = openBus();
  await held.publish([entry()]);
  let published = 1;
  const names = new Set<string>();
  let rotating = true;
  const load = async () => {
    while (rotating) {
      names.add(vault.held(SERVICE).username);
      // One that is open all the time, and one that connects anew, as a function that starts does.
      const fresh = openBus();
      await Promise.all([held.publish([entry()]), fresh.publish([entry()])]);
      await fresh.close();
      published += 2;
    }
  };
  const loads = [load(), load()];
  for (let turn = 0; turn < 5; turn++) {
    now += 30 * DAY_MS;
    const seen = published;
    await provision();
    await expect.poll(() => published).toBeGreaterThan(seen + 4);
  }
  rotating = false;
  await Promise.all(loads);
  expect(names.size).toBe(2);
  await expect.poll(depth).toBe(before + published);
});

it("leaves everything as it was if the new credentials do not work, and does it again the next time", async () => {
  const before = vault.held(SERVICE);
  now += 30 * DAY_MS;
  const broken = async () => {
    throw new Error("no way in");
  };
  await expect(provision({ tryOut: broken })).rejects.toThrow(`the broker's user of ${SERVICE}: no way in`);
  expect(vault.held(SERVICE)).toEqual(before);
  await tryOut(before);
  expect(await provision()).toEqual([SERVICE]);
  await tryOut(vault.held(SERVICE));
});

it("gives back what somebody took away from a user: its rights and its password", async () => {
  const held = vault.held(SERVICE);
  await management().put(["permissions", vhost.name, held.username], {
    ...{ configure: "", write: "", read: "" },
  });
  await management().put(["users", held.username], { password: "another", tags: "administrator" });
  await provision();
  const bus = openBus();
  await bus.publish([entry()]);
});

it("says what the broker's management API answered", async () => {
  const failing = provision({
    management: { ...management(), exists: () => testManagement("wrong").exists(["users", "x"]) },
  });
  await expect(failing).rejects.toThrow(
    new RegExp(`the broker's user of ${SERVICE}: GET /api/users/x .*expected success, got 401`),
  );
});
