import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const program = fileURLToPath(new URL("../bin/telemetry.ts", import.meta.url));

export interface TelemetryOptions {
  /** Beside PATH: nothing else of the tests' own environment reaches it. */
  env?: Record<string, string>;
  /** For its standard input. */
  input?: string;
}

export interface RunningTelemetry {
  /** What it has written so far. */
  readonly out: string;
  readonly err: string;
  /** Resolves once it has written this to either. */
  wrote(text: string): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

/** Starts the command line as people do, in a process of its own. */
export function startTelemetry(
  args: readonly string[],
  { env, input }: TelemetryOptions = {},
): RunningTelemetry {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, NO_COLOR: "1", ...env },
  });
  const written = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    written.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    written.err += text;
  });
  child.stdin.on("error", () => undefined).end(input);
  return {
    get out() {
      return written.out;
    },
    get err() {
      return written.err;
    },
    wrote: (text) => expect.poll(() => written.out + written.err, { timeout: 20_000 }).toContain(text),
    signal: (signal) => child.kill(signal),
    ended: once(child, "close").then(([code]) => code as number | null),
  };
}

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs it to its end. */
export async function telemetry(args: readonly string[], options?: TelemetryOptions): Promise<Ended> {
  const running = startTelemetry(args, options);
  const code = await running.ended;
  return { code, out: running.out, err: running.err };
}
