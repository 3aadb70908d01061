/** Bytes of one network interface since it came up. */
export interface Traffic {
  name: string;
  received: number;
  sent: number;
}

const RECEIVED_BYTES = 0;
const SENT_BYTES = 8;

/** `/proc/net/dev`: two lines of heading, then `name: 16 counters` (proc_pid_net(5)). The loopback is left out. */
export function parseNetDev(text: string): Traffic[] {
  return text.split("\n").flatMap((line) => {
    const at = line.lastIndexOf(":");
    if (at < 0) return [];
    const name = line.slice(0, at).trim();
    const counters = line
      .slice(at + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    const received = counters[RECEIVED_BYTES];
    const sent = counters[SENT_BYTES];
    if (name === "lo" || received === undefined || sent === undefined) return [];
    return [{ name, received, sent }];
  });
}

/** `/proc/meminfo` in bytes: what programs can still have is `MemAvailable`, far more than what is free. */
export function parseMeminfo(text: string): { total: number; available: number } | undefined {
  const total = kibibytes(text, "MemTotal");
  const available = kibibytes(text, "MemAvailable");
  return total === undefined || available === undefined ? undefined : { total, available };
}

function kibibytes(text: string, field: string): number | undefined {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text)?.[1];
  return found === undefined ? undefined : Number(found) * 1_024;
}
