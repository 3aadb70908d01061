import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** One process of this machine. `pid` and `started` together name it for good: a pid alone is used again. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** When it was started, in whatever unit the system tells it. Only good for comparing. */
  readonly started: string;
}

/** The processes that still run. A zombie does not: it only waits for a parent that may never ask. */
export function runningProcesses(): ProcessEntry[] {
  return process.platform === "linux" ? fromProc() : fromPs();
}

export function findProcess(pid: number): ProcessEntry | undefined {
  return process.platform === "linux" ? procEntry(pid) : fromPs().find((entry) => entry.pid === pid);
}

export function isRunning(pid: number): boolean {
  return findProcess(pid) !== undefined;
}

/** The process itself, then its children, then theirs. */
export function processTree(pid: number): ProcessEntry[] {
  const all = runningProcesses();
  const tree = all.filter((entry) => entry.pid === pid);
  for (const ancestor of tree) tree.push(...all.filter((entry) => entry.parent === ancestor.pid));
  return tree;
}

// Read from /proc, because small container images have no `ps`.
function fromProc(): ProcessEntry[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => procEntry(Number(name)) ?? []);
}

function procEntry(pid: number): ProcessEntry | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined; // It ended meanwhile.
  }
  // The second field is the command in parentheses, which may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return toEntry({ pid: String(pid), state: fields[0], parent: fields[1], started: fields[19] });
}

function fromPs(): ProcessEntry[] {
  const table = execFileSync("ps", ["-axo", "pid=,ppid=,state=,lstart="], { encoding: "utf8" });
  return table.split("\n").flatMap((line) => {
    const [pid, parent, state, ...started] = line.trim().split(/\s+/);
    return toEntry({ pid, parent, state, started: started.join(" ") }) ?? [];
  });
}

type Columns = Record<"pid" | "parent" | "state" | "started", string | undefined>;

function toEntry({ pid, parent, state, started }: Columns): ProcessEntry | undefined {
  if (!pid || !state || !started || /^[ZX]/.test(state)) return undefined;
  return { pid: Number(pid), parent: Number(parent), started };
}
