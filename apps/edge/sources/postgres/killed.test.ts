import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSite, type Site } from "../../../../test/edge/polled-site.ts";
import { seededRandom } from "../../../../test/faults/random.ts";
import { temporaryHome } from "../../../../test/temporary-home.ts";
import { openMark } from "./mark.ts";

const ROUNDS = 6;
const TABLE = "public.written";
const program = fileURLToPath(new URL("../../../../test/edge/polling-process.ts", import.meta.url));

let site: Site;
let directory: string;
beforeAll(async () => {
  [site, directory] = await Promise.all([openSite(), temporaryHome()]);
  await site.sql(`CREATE TABLE ${TABLE} (ts timestamptz, x int)`);
});
afterAll(async () => {
  await site.close();
  await rm(directory, { recursive: true, force: true });
});

it("skips no row when it is killed again and again while rows come, some late [EDGE-05]", async () => {
  const random = seededRandom();
  const said = new Set<number>();
  let repeats = 0;
  let written = 0;
  let writing = true;
  const writer = (async () => {
    while (writing) {
      const late = random.below(500);
      await site.sql(`INSERT INTO ${TABLE} VALUES (clock_timestamp() - $1 * interval '1 ms', $2)`, [
        late,
        written++,
      ]);
    }
  })();

  /** @param enough after which it is killed */
  async function live(enough: () => Promise<void>): Promise<void> {
    const child = spawn(process.execPath, [program, site.database.url, TABLE, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let rest = "";
    child.stdout.on("data", (data) => {
      const lines = (rest + data).split("\n");
      rest = lines.pop() ?? ""; // A line that broke off was not said.
      for (const line of lines) said.has(Number(line)) ? repeats++ : said.add(Number(line));
    });
    const ended = once(child, "close");
    await once(child.stdout, "data");
    await enough();
    child.kill("SIGKILL");
    await ended;
  }

  for (let round = 0; round < ROUNDS; round++) await live(() => pause(random.between(1, 400)));
  writing = false;
  await writer;
  await live(() => expect.poll(() => said.size, { timeout: 60_000 }).toBe(written));
  console.log(`killed ${ROUNDS} times, ${written} rows, ${repeats} repeats; seed ${random.seed}`);
  const settled = await openMark(directory, TABLE).read();
  expect(settled).toBeGreaterThan((Date.now() - 60_000) * 1_000);
}, 120_000);
