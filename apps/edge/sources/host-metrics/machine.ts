import { readdir, readFile, statfs } from "node:fs/promises";
import { cpus, freemem, loadavg, totalmem } from "node:os";
import { parseMountinfo } from "./mounts.ts";
import {
  type CoreTimes,
  type DiskTraffic,
  type Memory,
  parseDiskstats,
  parseMeminfo,
  parseNetDev,
  parseStat,
  type Traffic,
} from "./proc.ts";
import type { Group } from "./settings.ts";

/** What the machine's counters say at one moment. Of a group that was not asked for there is nothing. */
export interface Snapshot {
  /** Milliseconds since the Unix epoch. */
  at: number;
  /** Milliseconds on a clock that nobody sets: what rates are measured against. */
  elapsedMs: number;
  cores: CoreTimes[];
  /** Over 1, 5 and 15 minutes. */
  load: number[];
  memory?: Memory;
  /** Of each mount, in bytes. */
  space: { path: string; total: number; free: number }[];
  /** Linux only. */
  disks: DiskTraffic[];
  /** Linux only. */
  traffic: Traffic[];
}

export interface Look {
  groups: readonly Group[];
  /** Looked at beside the disks' mounts; one that is not there is left out. */
  paths: readonly string[];
  /** Milliseconds since the Unix epoch. */
  now: number;
}

/** Linux tells in /proc; elsewhere it is what Node.js knows. */
export async function readMachine({ groups, paths, now }: Look): Promise<Snapshot> {
  const has = (group: Group) => groups.includes(group);
  const [cores, memory, space, disks, traffic] = await Promise.all([
    has("cpu") ? readCores() : [],
    has("memory") ? readMemory() : undefined,
    has("disk") ? readSpace(paths) : [],
    has("disk") ? readDisks() : [],
    has("network") ? proc("net/dev").then(parseNetDev) : [],
  ]);
  const load = has("load") ? loadavg() : [];
  return { at: now, elapsedMs: performance.now(), cores, load, memory, space, disks, traffic };
}

/** Empty where there is no such file. */
const proc = (name: string): Promise<string> => readFile(`/proc/${name}`, "utf8").catch(() => "");

async function readCores(): Promise<CoreTimes[]> {
  const cores = parseStat(await proc("stat"));
  if (cores.length > 0) return cores;
  return cpus().map(({ times }, i) => ({
    name: String(i),
    idle: times.idle,
    total: times.user + times.nice + times.sys + times.idle + times.irq,
  }));
}

async function readMemory(): Promise<Memory> {
  return parseMeminfo(await proc("meminfo")) ?? { total: totalmem(), available: freemem() };
}

async function readSpace(paths: readonly string[]): Promise<Snapshot["space"]> {
  const mounts = parseMountinfo(await proc("self/mountinfo"));
  const all = new Set(["/", ...mounts, ...paths]);
  return (await Promise.all([...all].map(spaceOf))).flat();
}

async function spaceOf(path: string): Promise<Snapshot["space"]> {
  try {
    const { blocks, bavail, bsize } = await statfs(path);
    // A service's own view of the mounts holds files and devices, too.
    return blocks > 0 ? [{ path, total: blocks * bsize, free: bavail * bsize }] : [];
  } catch {
    return [];
  }
}

/** Those behind which other devices are would be counted twice. */
const STACKED = /^(loop|ram|zram|dm-|md|sr|fd)/;

/** Whole disks only: partitions are not in /sys/block. */
async function readDisks(): Promise<DiskTraffic[]> {
  const whole = await readdir("/sys/block").catch(() => [] as string[]);
  const wanted = new Set(whole.filter((name) => !STACKED.test(name)));
  return parseDiskstats(await proc("diskstats")).filter(({ name }) => wanted.has(name));
}
