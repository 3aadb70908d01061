import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { launch, type ServiceProcess } from "../../apps/local/services/process.ts";
import { createBus } from "../../layers/broker/bus.ts";
import { eventMessage } from "../../layers/broker/message.ts";
import { formatTime, microsOf } from "../../layers/core/time.ts";
import type { Registry } from "../../layers/storage/registry/port.ts";
import { openPostgresRegistry } from "../../layers/storage/registry/postgres/registry.ts";
import { startProxy, type TcpProxy } from "../proxy.ts";
import { temporaryHome } from "../temporary-home.ts";
import { ANSWERS_AT } from "./api-process.ts";
import { freshPlace } from "./fresh-place.ts";
import { Ledger } from "./ledger.ts";
import { ADMIN_KEY, type Place } from "./place.ts";
import { type Random, seededRandom } from "./random.ts";
import { sampleEvent } from "./samples.ts";
import { allStored, tallyOf, tallyWith } from "./tally.ts";
import { workOff } from "./work-off.ts";

const HOUR_MS = 3_600_000;
/** Beyond what the inbox remembers: each becomes a dead letter, and passes when it is replayed. */
const TOO_OLD_HOURS = { min: 73, max: 160 };

/** Publishes events that can only become dead letters, and waits until they have. */
export async function deadOfOldAge(place: Place, count: number, random: Random): Promise<Ledger> {
  const ledger = new Ledger();
  const samples = Array.from({ length: count }, () => {
    const ageMs = random.between(TOO_OLD_HOURS.min, TOO_OLD_HOURS.max) * HOUR_MS;
    return sampleEvent(random, { time: formatTime(microsOf(Date.now() - ageMs)) });
  });
  ledger.add({ events: samples.map(({ sent }) => sent) });
  const bus = createBus({ url: place.amqpUrl, name: "fault tests" });
  await bus.publish(samples.map(({ event }) => eventMessage(event)));
  await bus.close();
  await workOff(place);
  expect(await tallyOf("dead of old age", place, ledger, random.seed)).toEqual(tallyWith(count, count));
  return ledger;
}

export interface InterruptedReplayOptions {
  letters: number;
  /** What cuts the replay off, one after the other. */
  interruptions: readonly ("kill" | "cut")[];
}

/** Replays dead letters while the process that does so is killed and its line to the broker cut, until all are gone. */
export async function survivesInterruptedReplay(options: InterruptedReplayOptions): Promise<void> {
  const random = seededRandom();
  const [place, home] = await Promise.all([freshPlace(), temporaryHome()]);
  const ledger = await deadOfOldAge(place, options.letters, random);
  const registry = openPostgresRegistry({ connectionString: place.databaseUrl });
  const proxy = await startProxy(place.amqpUrl);
  const waysOn = { ...place, amqpUrl: proxy.url };
  // Each call takes its share, so that some are left for those that follow.
  const share = Math.ceil(options.letters / (options.interruptions.length + 1));
  let midway = 0;
  let api = await startApi(waysOn, home);
  for (const interruption of options.interruptions) {
    const before = await replayedIn(registry);
    let answered = false;
    const replaying = replay(api.url, share)
      .catch(() => undefined)
      .finally(() => {
        answered = true;
      });
    await expect.poll(() => replayedIn(registry), { interval: 1, timeout: 10_000 }).not.toBe(before);
    if (!answered) midway++;
    api = await interrupt(interruption, { api, proxy, place: waysOn, home });
    await replaying;
  }
  expect(midway, "interruptions in the middle").toBeGreaterThan(0);
  await expect
    .poll(() => replay(api.url, options.letters).catch(() => undefined), { timeout: 120_000 })
    .toBe(0);
  await api.process.kill("SIGKILL");
  await workOff(place);
  const title = `${options.letters} replays, interrupted ${midway} times in the middle`;
  expect(await tallyOf(title, place, ledger, random.seed)).toEqual(allStored(ledger));
  await Promise.all([registry.close(), proxy.close()]);
  await Promise.all([place.drop(), rm(home, { recursive: true, force: true })]);
}

const replayedIn = async ({ deadLetters }: Registry): Promise<number> =>
  (await deadLetters.counts()).replayed;

/** @returns how many remain */
async function replay(url: string, limit: number): Promise<number> {
  const answer = await fetch(`${url}/api/v1/dead-letters/replay`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": ADMIN_KEY },
    body: JSON.stringify({ filter: { queue: "metrics.updates" }, limit }),
  });
  const { remaining } = (await answer.json()) as { remaining: number };
  return remaining;
}

interface Api {
  url: string;
  process: ServiceProcess;
}

interface Scene {
  api: Api;
  proxy: TcpProxy;
  place: Place;
  home: string;
}

async function interrupt(how: "kill" | "cut", { api, proxy, place, home }: Scene): Promise<Api> {
  if (how === "cut") {
    proxy.cut();
    return api;
  }
  await api.process.kill("SIGKILL");
  return startApi(place, home);
}

const script = fileURLToPath(new URL("api-process.ts", import.meta.url));

async function startApi(place: Place, home: string): Promise<Api> {
  const logFile = join(home, `api-${crypto.randomUUID()}.log`);
  const process_ = await launch({
    name: "the API",
    command: process.execPath,
    args: [script, JSON.stringify(place)],
    logFile,
    orphanSignal: "SIGKILL",
  });
  const saidUrl = async () => (await readFile(logFile, "utf8")).split(ANSWERS_AT)[1]?.trim();
  await process_.ready(async () => (await saidUrl()) !== undefined, 60_000);
  return { url: (await saidUrl()) ?? "", process: process_ };
}
