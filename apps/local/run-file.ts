import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What the command line needs to find a local run: `run.json` in its home, there while it runs. */
export interface RunFile {
  url: string;
  amqpUrl: string;
  databaseUrl: string;
  pid: number;
}

const path = (home: string) => join(home, "run.json");

export async function writeRunFile(home: string, run: RunFile): Promise<void> {
  await writeFile(path(home), `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 });
}

export async function removeRunFile(home: string): Promise<void> {
  await rm(path(home), { force: true });
}
