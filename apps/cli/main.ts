import { Command, CommanderError } from "commander";
import { TelemetryError } from "../../layers/core/errors.ts";
import manifest from "../../package.json" with { type: "json" };
import { alerts } from "./alerts.ts";
import { audit } from "./audit.ts";
import { channels } from "./channels.ts";
import { deadLetters } from "./dead-letters.ts";
import { doctor } from "./doctor.ts";
import { edge } from "./edge.ts";
import { importCsv } from "./import.ts";
import { keys } from "./keys.ts";
import { publish } from "./publish.ts";
import { rules } from "./rules.ts";
import { silences } from "./silences.ts";
import { subscribe } from "./subscribe.ts";
import { tail } from "./tail.ts";
import type { Terminal } from "./terminal.ts";
import { trace } from "./trace.ts";
import { up } from "./up.ts";
import { examples, ReportedFailure, UsageError, type Verb } from "./verb.ts";

const verbs: readonly Verb[] = [
  up,
  publish,
  importCsv,
  subscribe,
  tail,
  trace,
  doctor,
  edge,
  keys,
  rules,
  alerts,
  silences,
  channels,
  deadLetters,
  audit,
];

const FAILURE = 1;
const USAGE = 2;

/** Runs the verb that `argv` asks for. @returns the exit code: 0 done, 1 failed, 2 asked for wrongly */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await programOf(terminal).parseAsync(argv);
    return 0;
  } catch (error) {
    return exitCodeOf(error, terminal);
  }
}

function programOf(terminal: Terminal): Command {
  const program = new Command("telemetry")
    .description("Run, feed and watch a telemetry platform")
    .version(manifest.version)
    .exitOverride()
    .showHelpAfterError("(--help says more)")
    .configureHelp({ sortSubcommands: false })
    .addHelpText("after", about);
  for (const verb of verbs) verb(program, terminal);
  return program;
}

const about = [
  "",
  "The platform is found by TELEMETRY_URL and TELEMETRY_API_KEY, or else by the local run that",
  "TELEMETRY_HOME (.telemetry) tells of.",
  examples([
    ["telemetry up", "bring everything up on this machine"],
    ["telemetry doctor", "see whether it works"],
    ["telemetry import sensors/*.csv --end-now", "give it something to look at"],
  ]),
].join("\n");

function exitCodeOf(error: unknown, terminal: Terminal): number {
  if (error instanceof ReportedFailure) return error.exitCode;
  // Commander has written its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
  terminal.err(`${terminal.styleErr("red", "error:")} ${messageOf(error)}`);
  return error instanceof UsageError ? USAGE : FAILURE;
}

/** What is foreseen needs no stack trace; anything else is a mistake of ours, and does. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const foreseen = error instanceof TelemetryError || error instanceof UsageError || "syscall" in error;
  return foreseen ? error.message : (error.stack ?? error.message);
}
