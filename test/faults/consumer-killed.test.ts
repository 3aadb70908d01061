import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, type ServiceProcess } from "../../apps/local/services/process.ts";
import { type Fresh, freshDatabase, freshVhost } from "../fresh.ts";
import { startProxy, type TcpProxy } from "../proxy.ts";
import { temporaryHome } from "../temporary-home.ts";
import { type ConsumerProcessOptions, says } from "./consumer-process.ts";
import { Ledger } from "./ledger.ts";
import { startLoad } from "./load.ts";
import { startOn } from "./place.ts";
import { type Random, seededRandom } from "./random.ts";
import { allStored, tallyOf } from "./tally.ts";
import { workOff } from "./work-off.ts";

const script = fileURLToPath(new URL("consumer-process.ts", import.meta.url));

let home: string;

beforeAll(async () => {
  home = await temporaryHome();
});

afterAll(() => rm(home, { recursive: true, force: true }));

it.each(["requeue", "hold"] as const)(
  "survives consumers killed in mid-batch while their store comes and goes, with batches that fail on %s",
  { timeout: 240_000 },
  async (onFailure) => {
    const random = seededRandom();
    const [vhost, database] = await Promise.all([freshVhost(), freshDatabase()]);
    const proxy = await startProxy(database.url);
    const place = { amqpUrl: vhost.url, databaseUrl: database.url };
    const ingest = await startOn(place, { consume: false });
    const ledger = new Ledger();
    const load = startLoad({ url: () => ingest.url, ledger, random });

    let inMidBatch = 0;
    let failed = 0;
    const lives = troubles(random);
    for (const life of lives) {
      const consumer = await startConsumer({ ...place, databaseUrl: proxy.url, onFailure });
      await trouble(proxy, random, life);
      await consumer.kill("SIGKILL");
      proxy.heal();
      const said = await timesSaid(consumer.logFile);
      if (said("begun") > said("ended")) inMidBatch++;
      failed += said("failed");
    }
    expect(inMidBatch, "lives that ended in mid-batch").toBeGreaterThan(0);
    expect(failed, "batches that failed").toBeGreaterThan(0);

    await load.stop();
    expect(load.failures).toEqual({});
    await ingest.stop();
    await workOff(place, { onFailure });
    const title = `consumer killed ${lives.length} times, ${inMidBatch} in mid-batch; ${failed} batches failed, on failure: ${onFailure}`;
    expect(await tallyOf(title, place, ledger, random.seed)).toEqual(allStored(ledger));
    await proxy.close();
    await dropAll(vhost, database);
  },
);

let started = 0;

async function startConsumer(options: ConsumerProcessOptions): Promise<ServiceProcess> {
  const logFile = join(home, `consumer-${started++}.log`);
  const consumer = await launch({
    name: "the consumer",
    command: process.execPath,
    args: [script, JSON.stringify(options)],
    logFile,
    orphanSignal: "SIGKILL",
  });
  await consumer.ready(async () => (await readFile(logFile, "utf8")).includes(says.consuming), 60_000);
  return consumer;
}

/** A short life in which the way to PostgreSQL breaks once; it may still be broken at its end. */
async function trouble(proxy: TcpProxy, random: Random, { brokenMs, healed }: Trouble): Promise<void> {
  await pause(random.between(50, 700));
  proxy.break();
  await pause(brokenMs);
  if (!healed) return;
  proxy.heal();
  await pause(random.below(700));
}

interface Trouble {
  brokenMs: number;
  healed: boolean;
}

/** Breaks within a handler's patience and beyond it, in any order. */
const troubles = (random: Random): Trouble[] =>
  random.shuffled([
    ...[50, 250, 1_500].map((brokenMs) => ({ brokenMs, healed: true })),
    ...[20, 400, 1_000].map((brokenMs) => ({ brokenMs, healed: false })),
  ]);

async function timesSaid(logFile: string): Promise<(line: keyof typeof says) => number> {
  const lines = (await readFile(logFile, "utf8")).split("\n");
  return (line) => lines.filter((each) => each === says[line]).length;
}

const dropAll = (...all: readonly Fresh[]) => Promise.all(all.map((each) => each.drop()));
