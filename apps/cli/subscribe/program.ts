import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  PermanentError,
  TelemetryError,
  TransientError,
  UnavailableError,
} from "../../../layers/core/errors.ts";

/** As sysexits.h names them, and as a shell tells of a command that it cannot run. */
const EX_DATAERR = 65;
const EX_TEMPFAIL = 75;
const CANNOT_RUN: readonly unknown[] = [126, 127];

/** The command itself is wrong, whatever the event. */
export class CommandError extends TelemetryError {}

/**
 * Runs a shell command with a text on its standard input. Its output goes where ours goes.
 *
 * @param interrupted whether Ctrl-C was pressed, which ends the command, too, and is no fault of the event's
 * @throws {PermanentError | TransientError | UnavailableError | CommandError} by its exit code
 */
export async function runCommand(command: string, input: string, interrupted: () => boolean): Promise<void> {
  const child = spawn(command, { shell: true, stdio: ["pipe", "inherit", "inherit"] });
  // A command need not read what it is given.
  child.stdin.on("error", () => undefined).end(input);
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (code === 0) return;
  const what = `the command ended with ${code ?? signal}`;
  if (CANNOT_RUN.includes(code))
    throw new CommandError(`${what}: it cannot be run`, { code: "command_not_run" });
  if (code === EX_TEMPFAIL || interrupted())
    throw new UnavailableError(what, { code: "command_unavailable" });
  if (code === EX_DATAERR) throw new PermanentError(what, { code: "command_refused" });
  throw new TransientError(what, { code: "command_failed" });
}
