import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FailingDisk } from "../../../layers/buffer/fakes/failing-disk.ts";
import { systemClock } from "../../../layers/core/clock.ts";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { openRejected } from "./rejected.ts";

let home: string;
beforeEach(async () => {
  home = await temporaryHome();
});
afterEach(() => rm(home, { recursive: true }));

const entry = (text: string) => [{ reason: "r", entry: text.padEnd(100) }];

it("are on disk, the file's name too, before they count as kept, and make way for newer ones [EDGE-04]", async () => {
  const directory = join(home, "rejected");
  const disk = new FailingDisk();
  const rejected = openRejected({ directory, maxBytes: 400, lanes: 1, disk, clock: systemClock });
  disk.fail("syncDirectory", "EIO");
  await expect(rejected.add("logs", entry("a"))).rejects.toThrow("EIO");
  await rejected.add("logs", entry("b"));
  disk.fail("syncDirectory", "EIO");
  await expect(rejected.add("logs", entry("c"))).rejects.toThrow("EIO");
  await rejected.add("logs", entry("d"));
  expect((await readdir(directory)).sort()).toEqual(["logs.1.jsonl", "logs.jsonl"]);
  const lines = (await readFile(join(directory, "logs.jsonl"), "utf8")).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).entry.trim())).toEqual(["c", "d"]);
});
