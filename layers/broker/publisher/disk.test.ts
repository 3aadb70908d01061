import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type ChannelModel, connect } from "amqplib";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { seededRandom } from "../../../test/faults/random.ts";
import { type Fresh, freshVhost } from "../../../test/fresh.ts";
import { startProxy, type TcpProxy } from "../../../test/proxy.ts";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { openBuffer } from "../../buffer/buffer.ts";
import { FailingDisk } from "../../buffer/fakes/failing-disk.ts";
import type { Event } from "../../core/envelope.ts";
import { topology } from "../../topology/topology.ts";
import { declareTopology } from "../declare.ts";
import { type PublisherDiskOptions, type PublisherOptions, resolveOptions } from "./options.ts";
import { BufferedPublisher, type Publisher } from "./publisher.ts";

let vhost: Fresh;
let admin: ChannelModel;
let proxy: TcpProxy;
let directory: string;
let failing: FailingDisk;
const open: BufferedPublisher[] = [];

beforeAll(async () => {
  vhost = await freshVhost();
  admin = await connect(vhost.url);
  await declareTopology(admin, topology());
  proxy = await startProxy(vhost.url);
});

beforeEach(async () => {
  directory = await temporaryHome();
  failing = new FailingDisk();
});

afterEach(async () => {
  proxy.heal();
  await Promise.all(open.splice(0).map((publisher) => publisher.close()));
  await received();
  await rm(directory, { recursive: true, force: true });
});

afterAll(async () => {
  await proxy.close();
  await admin.close();
  await vhost.drop();
});

type Options = Partial<Omit<PublisherOptions, "disk">> & { disk?: Partial<PublisherDiskOptions> };

function publisherWith({ disk, ...options }: Options = {}): BufferedPublisher {
  const resolved = resolveOptions({
    url: proxy.url,
    source: "/test",
    reconnectMs: 10,
    maxReconnectMs: 50,
    maxBufferedEvents: 100,
    ...options,
    disk: { directory, maxBytes: 10_000_000, ...disk },
  });
  const publisher = new BufferedPublisher(resolved, (buffer) => openBuffer({ ...buffer, disk: failing }));
  open.push(publisher);
  return publisher;
}

async function received(): Promise<string[]> {
  const channel = await admin.createChannel();
  const events: Event[] = [];
  const next = () => channel.get("metrics.updates", { noAck: true });
  for (let got = await next(); got; got = await next()) events.push(JSON.parse(got.content.toString()));
  await channel.close();
  return events.map(({ data }) => (data as { model_id: string }).model_id);
}

const upTo = (end: number, from = 0) => Array.from({ length: end - from }, (_, i) => String(from + i));
const register = (publisher: BufferedPublisher, id: number | string) =>
  publisher.publish("model.registered", { model_id: String(id), vendor: "acme" });

/** Gives the disk its turn now and then, as an application does. */
async function registerAll(publisher: BufferedPublisher, ids: readonly string[]): Promise<void> {
  for (const [index, id] of ids.entries()) {
    register(publisher, id);
    if (index % 20 === 19) await written(publisher);
  }
}

/** The disk has what came so far, or has said that it takes no more. */
async function tried(publisher: BufferedPublisher): Promise<void> {
  const isTried = () => publisher.waitingForDisk === 0 || publisher.stats().disk?.lastError !== undefined;
  await expect.poll(isTried, { timeout: 10_000, interval: 2 }).toBe(true);
}

/** Nothing is on its way to the disk. */
async function written(publisher: BufferedPublisher): Promise<void> {
  await expect.poll(() => publisher.waitingForDisk, { timeout: 10_000, interval: 2 }).toBe(0);
}

const isThrough = ({ buffered, disk }: ReturnType<Publisher["stats"]>) => buffered + (disk?.events ?? 0);
const opened = (publisher: BufferedPublisher) =>
  expect.poll(() => publisher.stats().disk, { timeout: 10_000 }).toMatchObject({ open: true });

async function through(publisher: BufferedPublisher): Promise<void> {
  await opened(publisher);
  await sent(publisher);
}
const sent = (publisher: BufferedPublisher) =>
  expect.poll(() => isThrough(publisher.stats()), { timeout: 15_000 }).toBe(0);

it("uses no disk while memory has room", async () => {
  const publisher = publisherWith();
  for (let i = 0; i < 40; i++) register(publisher, i);
  await through(publisher);
  expect(publisher.stats()).toMatchObject({ confirmed: 40, disk: { written: 0, open: true } });
  expect(await received()).toEqual(upTo(40));
});

it("keeps on disk what memory has no room for while the broker is away, and sends all in order [BUS-06]", async () => {
  const publisher = publisherWith();
  register(publisher, 0);
  await through(publisher);
  proxy.break();
  await registerAll(publisher, upTo(1_000, 1));
  expect(publisher.stats().disk?.events).toBeGreaterThan(800);
  expect(publisher.stats().buffered).toBeLessThanOrEqual(100);
  proxy.heal();
  for (let i = 1_000; i < 1_020; i++) register(publisher, i);
  await through(publisher);
  expect(await received()).toEqual(upTo(1_020));
  expect(publisher.stats()).toMatchObject({ dropped: 0, confirmed: 1_020 });
  register(publisher, "live again");
  await through(publisher);
  expect(await received()).toEqual(["live again"]);
});

it("keeps the order however often the line is cut, each event at least once [BUS-06]", async () => {
  const publisher = publisherWith();
  for (let round = 0; round < 8; round++) {
    proxy.break();
    await registerAll(publisher, upTo(200 * (round + 1), 200 * round));
    proxy.heal();
    await expect.poll(() => publisher.stats().confirmed).toBeGreaterThan(20 * round);
    proxy.cut();
  }
  await through(publisher);
  expect([...new Set(await received())]).toEqual(upTo(1_600));
});

it("sends what a former process left on disk first [BUS-06]", async () => {
  proxy.break();
  const former = publisherWith({ drainTimeoutMs: 1 });
  await registerAll(former, upTo(300));
  await former.close();
  expect(former.stats()).toMatchObject({ dropped: 0, buffered: 0, disk: { events: 300 } });
  const publisher = publisherWith();
  for (let i = 300; i < 330; i++) register(publisher, i);
  proxy.heal();
  await through(publisher);
  expect(await received()).toEqual(upTo(330));
});

it("keeps on disk what close could not deliver, though memory had room, and says so to who waits", async () => {
  proxy.break();
  const former = publisherWith({ drainTimeoutMs: 1 });
  for (let i = 0; i < 10; i++) register(former, i);
  const critical = former.publish("model.registered", { model_id: "10", vendor: "v" }, { critical: true });
  const refused = expect(critical).rejects.toThrow("it is kept on disk");
  await former.close();
  await refused;
  expect(former.stats()).toMatchObject({ dropped: 0, disk: { events: 11, written: 11 } });
  proxy.heal();
  await through(publisherWith());
  expect(await received()).toEqual(upTo(11));
});

it("writes every event before it is sent with the mode always", async () => {
  const publisher = publisherWith({ disk: { mode: "always" } });
  for (let i = 0; i < 60; i++) register(publisher, i);
  await through(publisher);
  expect(publisher.stats()).toMatchObject({ confirmed: 60, disk: { written: 60, events: 0 } });
  expect(await received()).toEqual(upTo(60));
});

it("resolves a critical event that went by way of the disk on its confirm", async () => {
  proxy.break();
  const publisher = publisherWith({ disk: { mode: "always" } });
  const critical = publisher.publish("model.registered", { model_id: "0", vendor: "v" }, { critical: true });
  await written(publisher);
  expect(publisher.stats()).toMatchObject({ confirmed: 0, disk: { events: 1 } });
  proxy.heal();
  await critical;
  expect(publisher.stats().confirmed).toBe(1);
});

it.each(["drop-oldest", "drop-newest", "reject"] as const)(
  "when memory and disk are full with %s, drops these and no others, and counts them",
  async (whenFull) => {
    proxy.break();
    const publisher = publisherWith({ whenFull, disk: { maxBytes: 65_536 } });
    await opened(publisher);
    let rejected = 0;
    for (let i = 0; i < 600; i++) {
      try {
        register(publisher, i);
      } catch (error) {
        expect(error).toMatchObject({ code: "buffer_full" });
        rejected++;
      }
      if (i % 20 === 19) await tried(publisher);
    }
    const { dropped, published } = publisher.stats();
    expect(dropped).toBeGreaterThan(100);
    expect(rejected).toBe(whenFull === "reject" ? dropped : 0);
    expect(published + rejected).toBe(600);
    proxy.heal();
    await through(publisher);
    const kept = whenFull === "drop-oldest" ? upTo(600, dropped) : upTo(600 - dropped);
    expect(await received()).toEqual(kept);
  },
);

it("goes on in memory when the disk is full, drops by the policy when that is, too, and recovers", async () => {
  proxy.break();
  const publisher = publisherWith({ whenFull: "drop-newest" });
  await opened(publisher);
  failing.freeBytes = 20_000;
  for (let i = 0; i < 300; i++) {
    register(publisher, i);
    if (i % 20 === 19) await tried(publisher);
  }
  const { dropped, disk } = publisher.stats();
  expect(disk?.lastError).toContain("ENOSPC");
  expect(dropped).toBeGreaterThan(100);
  failing.freeBytes = 10_000_000;
  await written(publisher);
  proxy.heal();
  await through(publisher);
  expect(await received()).toEqual(upTo(300 - dropped));
});

it("sends by way of memory when the disk cannot be opened, and uses it once it can", async () => {
  const holder = await openBuffer({ directory, maxBytes: 1e6 });
  const publisher = publisherWith({ disk: { mode: "always" } });
  for (let i = 0; i < 50; i++) register(publisher, i);
  await sent(publisher);
  expect(publisher.stats().disk).toMatchObject({
    open: false,
    lastError: expect.stringContaining("has it open"),
  });
  await holder.close();
  await opened(publisher);
  register(publisher, 50);
  await through(publisher);
  expect(publisher.stats().disk?.written).toBe(1);
  expect(await received()).toEqual(upTo(51));
});

it("goes on by way of the disk after it failed once", async () => {
  const publisher = publisherWith({ disk: { mode: "always" } });
  await opened(publisher);
  failing.fail("sync", "EIO");
  for (let i = 0; i < 10; i++) register(publisher, i);
  await through(publisher);
  expect(publisher.stats().disk?.lastError).toContain("EIO");
  const all = upTo(10);
  // What comes while it is not tried again goes past it.
  while (publisher.stats().disk?.written === 0) {
    register(publisher, all.length);
    all.push(String(all.length));
    await through(publisher);
  }
  expect(await received()).toEqual(all);
});

it("never blocks its caller, whatever the disk does [BUS-06]", async () => {
  proxy.break();
  const publisher = publisherWith({ maxBufferedEvents: 2_000 });
  await opened(publisher);
  const startedAt = performance.now();
  for (let i = 0; i < 1_800; i++) register(publisher, i);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  proxy.heal();
  await through(publisher);
  expect(await received()).toEqual(upTo(1_800));
});

it("loses nothing that was on disk when its process is killed, again and again [BUS-06]", {
  timeout: 60_000,
}, async () => {
  const random = seededRandom();
  const program = fileURLToPath(new URL("./fakes/publishing-process.ts", import.meta.url));
  let last = -1;
  for (let round = 0; round < 4; round++) {
    if (round % 2 === 0) proxy.break();
    const options = JSON.stringify({ url: proxy.url, directory, from: last + 1 });
    const child = spawn(process.execPath, [program, options], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (data) => {
      text += data;
    });
    const ended = once(child, "close");
    await once(child.stdout, "data");
    await pause(random.between(20, 300));
    child.kill("SIGKILL");
    await ended;
    proxy.heal();
    last = Number(text.split("\n").at(-2));
  }
  await through(publisherWith());
  const numbers = (await received()).map(Number);
  const found = new Set(numbers);
  const title = `seed ${random.seed}`;
  expect(
    upTo(last + 1).filter((id) => !found.has(Number(id))),
    title,
  ).toEqual([]);
  console.log(`killed 4 times, ${last + 1} published, ${numbers.length} received; ${title}`);
});
