import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { UnavailableError } from "../../../layers/core/errors.ts";
import { findProcess, type ProcessEntry } from "./process-table.ts";

/** Two servers on the same data would destroy it: who runs on it is written down beside it. */
export async function recordRunning(file: string, pid: number): Promise<void> {
  const entry = findProcess(pid);
  if (entry) await writeFile(file, JSON.stringify(entry));
}

/**
 * Waits for the process that `file` names to be gone: after a kill -9 of its parent it may still be stopping
 * in order.
 * @throws if it still runs at the deadline
 */
export async function waitForPredecessor(file: string, deadlineMs: number): Promise<void> {
  const recorded = await readEntry(file);
  const deadline = Date.now() + deadlineMs;
  while (recorded && findProcess(recorded.pid)?.started === recorded.started) {
    if (Date.now() > deadline)
      throw new UnavailableError(
        `process ${recorded.pid} already runs on this data (${file}): stop it first`,
      );
    await sleep(50);
  }
}

async function readEntry(file: string): Promise<ProcessEntry | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // None was recorded, or half of it.
  }
}
