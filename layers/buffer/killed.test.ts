import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { seededRandom } from "../../test/faults/random.ts";
import { temporaryHome } from "../../test/temporary-home.ts";
import { openBuffer } from "./buffer.ts";
import { readAll } from "./fakes/contents.ts";

const ROUNDS = 6;
const program = fileURLToPath(new URL("./fakes/appending-process.ts", import.meta.url));

let directory: string;

beforeEach(async () => {
  directory = await temporaryHome();
});

afterEach(() => rm(directory, { recursive: true, force: true }));

it("has everything that was acknowledged after kill -9 under load, in order [EDGE-03]", async () => {
  const random = seededRandom();
  const said = { appended: new Set<number>(), acknowledged: new Set<number>() };
  let highest = -1;
  for (let round = 0; round < ROUNDS; round++) {
    for (const [what, number] of await lifeOf(highest + 1, random.between(20, 400))) {
      said[what].add(number);
    }
    const buffer = await openBuffer({ directory, maxBytes: 1e9 });
    const records = await readAll(buffer);
    const found = records.map(({ body }) => Number.parseInt(`${body}`, 10));
    const title = `seed ${random.seed}, round ${round}`;
    expect(buffer.stats.damaged.records, title).toBe(0);
    expect(found, title).toEqual([...new Set(found)].sort((a, b) => a - b));
    const there = new Set(found);
    const lost = [...said.appended].filter((number) => !there.has(number) && !said.acknowledged.has(number));
    expect(lost, title).toEqual([]);
    await buffer.acknowledge(records.slice(0, random.below(records.length)));
    for (const { body } of records) said.acknowledged.add(Number.parseInt(`${body}`, 10));
    await buffer.acknowledge(records);
    highest = Math.max(highest, ...said.appended, ...found);
    await buffer.close();
  }
  console.log(`killed ${ROUNDS} times, ${said.appended.size} appended, none lost; seed ${random.seed}`);
  expect(said.appended.size).toBeGreaterThan(100);
});

/** What it said until it was killed. A line that broke off was not said. */
async function lifeOf(from: number, ms: number): Promise<["appended" | "acknowledged", number][]> {
  const child = spawn(process.execPath, [program, directory, `${from}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (data) => {
    text += data;
  });
  const ended = once(child, "close");
  await once(child.stdout, "data");
  await pause(ms);
  child.kill("SIGKILL");
  await ended;
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const [what, number] = line.split(" ");
      return [what === "appended" ? "appended" : "acknowledged", Number(number)];
    });
}
