import { readFile, statfs } from "node:fs/promises";
import { cpus, freemem, loadavg, totalmem } from "node:os";
import { parseMeminfo, parseNetDev, type Traffic } from "./proc.ts";

/** What the machine's counters say at one moment. */
export interface Snapshot {
  /** Milliseconds since the Unix epoch. */
  at: number;
  /** Per core, in milliseconds since the machine started. */
  cores: { idle: number; total: number }[];
  /** Over 1, 5 and 15 minutes. */
  load: number[];
  memory: { total: number; available: number };
  disks: { path: string; total: number; free: number }[];
  /** Linux only. */
  traffic: Traffic[];
}

/** @param paths of which the file systems are looked at; one that is not there is left out */
export async function readMachine(paths: readonly string[], now: number): Promise<Snapshot> {
  const [memory, disks, traffic] = await Promise.all([
    readMemory(),
    Promise.all(paths.map(readDisk)),
    readTraffic(),
  ]);
  const cores = cpus().map(({ times }) => ({
    idle: times.idle,
    total: times.user + times.nice + times.sys + times.idle + times.irq,
  }));
  return { at: now, cores, load: loadavg(), memory, disks: disks.flat(), traffic };
}

async function readMemory(): Promise<Snapshot["memory"]> {
  const text = await readFile("/proc/meminfo", "utf8").catch(() => "");
  return parseMeminfo(text) ?? { total: totalmem(), available: freemem() };
}

async function readTraffic(): Promise<Traffic[]> {
  return parseNetDev(await readFile("/proc/net/dev", "utf8").catch(() => ""));
}

async function readDisk(path: string): Promise<Snapshot["disks"]> {
  try {
    const { blocks, bavail, bsize } = await statfs(path);
    return [{ path, total: blocks * bsize, free: bavail * bsize }];
  } catch {
    return [];
  }
}
