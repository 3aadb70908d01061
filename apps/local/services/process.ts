import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UnavailableError } from "../../../layers/core/errors.ts";
import { isRunning, processTree } from "./process-table.ts";

export interface LaunchOptions {
  /** What the process is called in errors. */
  readonly name: string;
  readonly command: string;
  /** @default [] */
  readonly args?: readonly string[];
  /** The start of a command line that changes into another user, if it shall be another. @default [] */
  readonly as?: readonly string[];
  /** The whole environment of the process. @default that of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** @default that of this process */
  readonly cwd?: string;
  /** Takes both outputs; appended to. */
  readonly logFile: string;
  /** What the process is sent when this one is gone, however it went. @default "SIGTERM" */
  readonly orphanSignal?: NodeJS.Signals;
  /** @default "kernel" where there is util-linux's setpriv, else "watcher" */
  readonly orphanGuard?: OrphanGuard;
}

/**
 * Who ends the process after a `kill -9` of this one. `kernel`: Linux's parent death signal, which cannot be
 * missed. `watcher`: a shell that reads a pipe of ours, which ends with us; on systems without the former
 * it is the best there is, and fails only if somebody kills the watcher too.
 */
export type OrphanGuard = "kernel" | "watcher";

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A fault that somebody else could inflict: it reaches every process of the service. */
export type FaultSignal = "SIGKILL" | "SIGSTOP" | "SIGCONT";

export interface StopOptions {
  /** What asks the process to stop in order. */
  readonly signal: NodeJS.Signals;
  /** When it is killed instead. */
  readonly deadlineMs: number;
}

export interface ServiceProcess {
  readonly pid: number;
  readonly logFile: string;
  readonly exited: Promise<Exit>;
  /**
   * Resolves once `isReady` does to true. Asks again every 25 ms.
   * @throws if the process ends first or the deadline passes (it is killed then); quotes the end of the log
   */
  ready(isReady: () => Promise<boolean>, deadlineMs: number): Promise<void>;
  /** Stops it in order, else, at the deadline, with SIGKILL. Resolves when it is gone. */
  stop(options: StopOptions): Promise<void>;
  /** Sends the signal to the whole process tree. SIGKILL resolves when all of it is gone. */
  kill(signal: FaultSignal): Promise<void>;
}

const pollMs = 25;
const largestLogBytes = 10_000_000;

/**
 * Starts a process in a session of its own, so that a Ctrl-C in the terminal reaches us alone and services are
 * stopped in their order, and sees to it that it does not outlive this process.
 */
export async function launch(options: LaunchOptions): Promise<ServiceProcess> {
  const { name, logFile, env, cwd, orphanSignal = "SIGTERM" } = options;
  const guard = options.orphanGuard ?? (hasParentDeathSignal() ? "kernel" : "watcher");
  const [file, ...args] = commandLine(options, guard, orphanSignal);
  const log = openLog(logFile);
  const child = spawn(file, args, { env, cwd, stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const pid = await spawned(child, name);
  if (guard === "watcher") watchForOrphan(child, pid, orphanSignal);
  return serviceProcess({ name, pid, logFile, exited });
}

/** The kernel forgets the parent death signal when the user changes, so it is asked for after that. */
function commandLine(
  { as = [], command, args = [] }: LaunchOptions,
  guard: OrphanGuard,
  orphanSignal: NodeJS.Signals,
): [string, ...string[]] {
  const guarded = guard === "kernel" ? ["setpriv", "--pdeathsig", signalName(orphanSignal)] : [];
  const [file = command, ...rest] = [...as, ...guarded, command, ...args];
  return [file, ...rest];
}

function serviceProcess(running: {
  name: string;
  pid: number;
  logFile: string;
  exited: Promise<Exit>;
}): ServiceProcess {
  const { name, pid, logFile, exited } = running;
  let ended = false; // From then on the pid may be another's.
  exited.then(() => {
    ended = true;
  });

  async function kill(signal: FaultSignal): Promise<void> {
    if (ended) return;
    const tree = processTree(pid).map((entry) => entry.pid);
    for (const each of tree) sendSignal(each, signal);
    if (signal !== "SIGKILL") return;
    await waitUntil(async () => !tree.some(isRunning));
    await exited;
  }

  async function stop({ signal, deadlineMs }: StopOptions): Promise<void> {
    if (ended) return;
    sendSignal(pid, signal);
    await kill("SIGCONT"); // What a test froze must be able to hear it.
    const inTime = await Promise.race([exited.then(() => true), sleep(deadlineMs, false, { ref: false })]);
    if (!inTime) await kill("SIGKILL");
    await exited;
  }

  async function ready(isReady: () => Promise<boolean>, deadlineMs: number): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    while (!(await isReady())) {
      const trouble = ended
        ? `ended before it was ready (${describeExit(await exited)})`
        : Date.now() > deadline && `was not ready within ${deadlineMs / 1000} s`;
      if (trouble) {
        await kill("SIGKILL");
        throw new UnavailableError(`${name} ${trouble}. The end of ${logFile}:\n${await endOf(logFile)}`);
      }
      await sleep(pollMs);
    }
  }

  return { pid, logFile, exited, ready, stop, kill };
}

export function describeExit({ code, signal }: Exit): string {
  return signal === null ? `exit code ${code}` : signal;
}

/** Asks every 25 ms until the answer is true. */
export async function waitUntil(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(pollMs);
}

function spawned(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) =>
      reject(new UnavailableError(`${name} could not be started: ${cause.message}`, { cause })),
    );
    child.once("spawn", () => resolve(child.pid ?? 0));
  });
}

function watchForOrphan(child: ChildProcess, pid: number, signal: NodeJS.Signals): void {
  const script = 'read -r _; kill -s "$1" "$2"';
  const watcher = spawn("/bin/sh", ["-c", script, "watcher", signalName(signal), String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  // Before its pid can belong to another process.
  child.once("exit", () => watcher.kill("SIGKILL"));
  watcher.unref();
}

let parentDeathSignal: boolean | undefined;
/** Asked once, since busybox has a setpriv too, but without the option. */
function hasParentDeathSignal(): boolean {
  parentDeathSignal ??= spawnSync("setpriv", ["--pdeathsig", "TERM", "true"]).status === 0;
  return parentDeathSignal;
}

function signalName(signal: NodeJS.Signals): string {
  return signal.replace(/^SIG/, "");
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // It is gone already.
  }
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > largestLogBytes) renameSync(file, `${file}.1`);
  return openSync(file, "a");
}

async function endOf(logFile: string): Promise<string> {
  const text = await readFile(logFile, "utf8");
  return text.trimEnd().split("\n").slice(-20).join("\n");
}
