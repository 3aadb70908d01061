import { afterEach, beforeEach, expect, it } from "vitest";
import { ForgetfulDisk } from "../../layers/buffer/fakes/forgetful-disk.ts";
import { type Random, seededRandom } from "../faults/random.ts";
import { startEdge } from "./agent.ts";
import { type Sink, startSink } from "./sink.ts";

const LIVES = 40;
const SENDERS = 4;

let sink: Sink;

beforeEach(async () => {
  sink = await startSink();
});

afterEach(() => sink.close());

const roomy = async () => ({ usedPercent: 1, freeBytes: 1e12, totalBytes: 1e12 });

const start = (disk: ForgetfulDisk) =>
  startEdge({
    url: sink.url,
    directory: "/edge",
    config: { buffer: { max_size: "2MB" }, forward: { batch: { max_entries: 10, max_age: "10ms" } } },
    agent: { disk, readSpace: roomy },
  });

/** Until the power goes. What was answered with 202 is added to `kept`. */
async function live(disk: ForgetfulDisk, kept: Set<string>, random: Random): Promise<void> {
  const agent = await start(disk);
  let next = 0;
  const sender = async (name: number) => {
    while (!disk.isOff) {
      const messages = Array.from({ length: random.between(1, 5) }, () => `${kept.size} ${name} ${next++}`);
      const entries = messages.map((message) => ({ service: "s", message }));
      const { status } = await agent.post("/v1/logs", entries);
      if (status === 202) for (const message of messages) kept.add(message);
      else expect(status).toBe(503);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, (_, name) => sender(name)));
  // Nothing of it gets anywhere on a disk without power.
  await agent.stop().catch(() => undefined);
}

it("has everything that was answered with 202 though the power goes at any moment, each once in effect [EDGE-03, EDGE-10]", {
  timeout: 120_000,
}, async () => {
  const random = seededRandom();
  const chance = () => random.below(1_000_000) / 1_000_000;
  const kept = new Set<string>();
  let disk = new ForgetfulDisk();
  for (let life = 0; life < LIVES; life++) {
    sink.reply = random.below(3) === 0 ? () => "silence" : () => undefined;
    disk.cutAt = random.between(1, 400);
    await live(disk, kept, random).catch((error) => {
      if (!disk.isOff) throw error;
    });
    disk = disk.afterwards(chance);
  }
  sink.reply = () => undefined;
  const last = await start(disk);
  await expect.poll(() => last.status().lanes.logs?.waiting, { timeout: 30_000 }).toBe(0);
  await last.stop();
  const there = new Set(sink.messages);
  expect([...kept].filter((message) => !there.has(message))).toEqual([]);
  expect(effects(sink)).toBe(there.size);
  console.log(`${LIVES} power cuts, ${kept.size} acknowledged, none lost; seed ${random.seed}`);
  expect(kept.size).toBeGreaterThan(LIVES);
});

/** How many entries a platform has that knows them by time and id, whatever batch brings them. */
function effects({ asked }: Sink): number {
  const ids = asked
    .filter(({ path }) => path === "/api/v1/logs")
    .flatMap(({ body }) => body as Record<string, string>[])
    .map((entry) => `${entry.timestamp} ${entry["log.record.uid"]}`);
  return new Set(ids).size;
}
