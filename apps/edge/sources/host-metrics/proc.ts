// Texts of Linux' /proc, read without looking at the machine: proc(5), proc_pid_net(5), and the kernel's
// Documentation/admin-guide/iostats.rst. What is cut short or of another shape is left out.

/** Of one core, in ticks since the machine started. */
export interface CoreTimes {
  name: string;
  idle: number;
  total: number;
}

/** Of one network interface since it came up. */
export interface Traffic {
  name: string;
  received: number;
  sent: number;
  /** Packets, in both directions. */
  errors: number;
  dropped: number;
}

/** Of one block device since it appeared. */
export interface DiskTraffic {
  name: string;
  reads: number;
  readBytes: number;
  writes: number;
  writtenBytes: number;
  /** While at least one request was under way. */
  busyMs: number;
}

/** In bytes. */
export interface Memory {
  total: number;
  available: number;
  swapTotal?: number;
  swapFree?: number;
}

/** `/proc/stat`. Guests' time is in `user` and `nice` already; waiting for a disk is idling. */
export function parseStat(text: string): CoreTimes[] {
  return Array.from(text.matchAll(/^cpu(\d+) (.+)$/gm), ([, name = "", rest = ""]) => {
    const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] =
      numbers(rest);
    return {
      name,
      idle: idle + iowait,
      total: user + nice + system + idle + iowait + irq + softirq + steal,
    };
  });
}

/** `/proc/net/dev`: two lines of heading, then `name: 16 counters`. The loopback is left out. */
export function parseNetDev(text: string): Traffic[] {
  return text.split("\n").flatMap((line) => {
    const at = line.lastIndexOf(":");
    if (at < 0) return [];
    const name = line.slice(0, at).trim();
    const counters = numbers(line.slice(at + 1));
    if (name === "lo" || counters.length < 12) return [];
    const [received = 0, , receiveErrors = 0, receiveDrops = 0] = counters;
    const [sent = 0, , sendErrors = 0, sendDrops = 0] = counters.slice(8);
    return [{ name, received, sent, errors: receiveErrors + sendErrors, dropped: receiveDrops + sendDrops }];
  });
}

const SECTOR_BYTES = 512; // Whatever the device's own sectors are.

/** `/proc/diskstats`: `major minor name` and counters. */
export function parseDiskstats(text: string): DiskTraffic[] {
  return text.split("\n").flatMap((line) => {
    const [, , name, ...rest] = line.trim().split(/\s+/);
    if (!name || rest.length < 11) return [];
    const [reads = 0, , sectorsRead = 0, , writes = 0, , sectorsWritten = 0, , , busyMs = 0] =
      rest.map(Number);
    return [
      {
        name,
        reads,
        readBytes: sectorsRead * SECTOR_BYTES,
        writes,
        writtenBytes: sectorsWritten * SECTOR_BYTES,
        busyMs,
      },
    ];
  });
}

/** `/proc/meminfo`: what programs can still have is `MemAvailable`, far more than what is free. */
export function parseMeminfo(text: string): Memory | undefined {
  const total = kibibytes(text, "MemTotal");
  const available = kibibytes(text, "MemAvailable");
  if (total === undefined || available === undefined) return undefined;
  const swapTotal = kibibytes(text, "SwapTotal");
  const swapFree = kibibytes(text, "SwapFree");
  return swapTotal ? { total, available, swapTotal, swapFree } : { total, available };
}

function kibibytes(text: string, field: string): number | undefined {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text)?.[1];
  return found === undefined ? undefined : Number(found) * 1_024;
}

const numbers = (text: string): number[] => text.trim().split(/\s+/).map(Number);
