import { randomUUID } from "node:crypto";
import { link, readFile, rename, unlink, writeFile } from "node:fs/promises";
import * as z from "zod";
import { UnavailableError } from "../core/errors.ts";
import { codeOf } from "./errors.ts";

export interface Lock {
  release(): Promise<void>;
}

/** A process, told from later ones that get the same number. */
const holderSchema = z.object({
  pid: z.number().int().positive(),
  /** Where the system says it: the boot, and the moment within it. */
  started: z.string().optional(),
});

type Holder = z.infer<typeof holderSchema>;

const ATTEMPTS = 5;

/**
 * Makes the file, with this process's name in it; no other process can until `release`. The lock of a process that
 * is gone is taken over. Whoever it was is found by process number, so it keeps apart the processes of one machine
 * (or container), and no others.
 *
 * @throws {UnavailableError} `locked`
 */
export async function lockFile(path: string): Promise<Lock> {
  const text = JSON.stringify({ pid: process.pid, started: await startOf(process.pid) });
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // By link(2), so that nobody ever sees the file without its holder.
    if (await withOwnFile(path, text, (own) => succeeds(link(own, path), "EEXIST"))) {
      return { release: () => unlink(path) };
    }
    const found = await readIfThere(path);
    if (found !== undefined) await takeAway(path, found);
  }
  throw new UnavailableError(`${path}: other processes take and leave it all the time`, { code: "locked" });
}

async function takeAway(path: string, found: string): Promise<void> {
  const holder = holderIn(found);
  if (holder && (await isRunning(holder))) {
    throw new UnavailableError(`${path}: process ${holder.pid} has it open`, { code: "locked" });
  }
  const aside = `${path}.${randomUUID()}`;
  if (!(await succeeds(rename(path, aside), "ENOENT"))) return;
  // Somebody may have taken it over between reading and renaming: then it is theirs, and goes back.
  if ((await readIfThere(aside)) !== found) await succeeds(link(aside, path), "EEXIST");
  await unlink(aside);
}

async function withOwnFile<T>(path: string, text: string, use: (own: string) => Promise<T>): Promise<T> {
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, text, { mode: 0o600 });
  try {
    return await use(own);
  } finally {
    await unlink(own);
  }
}

function holderIn(text: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    // A power cut may leave it empty: whoever wrote it is gone.
    return undefined;
  }
}

async function isRunning({ pid, started }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") return false;
  }
  return started === undefined || (await startOf(pid)) === started;
}

/** Linux alone says it; elsewhere a process that runs under the number is taken for the one that locked. */
async function startOf(pid: number): Promise<string | undefined> {
  const [boot, stat] = await Promise.all([
    readIfThere("/proc/sys/kernel/random/boot_id"),
    readIfThere(`/proc/${pid}/stat`),
  ]);
  // proc_pid_stat(5): the name, in parentheses, may hold anything; the start is the 20th field behind it.
  const start = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return boot && start ? `${boot.trim()} ${start}` : undefined;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** False where it fails in the way that is expected. */
async function succeeds(action: Promise<void>, otherwise: string): Promise<boolean> {
  try {
    await action;
    return true;
  } catch (error) {
    if (codeOf(error) === otherwise) return false;
    throw error;
  }
}
