import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { recordRunning, waitForPredecessor } from "./predecessor.ts";
import { findProcess } from "./process-table.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await temporaryHome();
  file = join(folder, "running.json");
});
afterEach(() => rm(folder, { recursive: true }));

it("refuses the data of a process that still runs", async () => {
  await recordRunning(file, process.pid);
  await expect(waitForPredecessor(file, 100)).rejects.toThrow(
    `process ${process.pid} already runs on this data`,
  );
});

it("waits for a process that is ending", async () => {
  const child = spawn("sleep", ["100"]);
  await once(child, "spawn");
  await recordRunning(file, child.pid ?? 0);
  const waited = waitForPredecessor(file, 5_000);
  child.kill();
  await waited;
});

it("is not deceived by a process that has the pid of one long gone", async () => {
  await writeFile(file, JSON.stringify({ ...findProcess(process.pid), started: "another day" }));
  await waitForPredecessor(file, 100);
});

it("takes no record, or a broken one, for nobody", async () => {
  await waitForPredecessor(file, 100);
  await writeFile(file, '{"pid": 1');
  await waitForPredecessor(file, 100);
});
