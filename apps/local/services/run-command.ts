import { execFile } from "node:child_process";
import { UnavailableError } from "../../../layers/core/errors.ts";

export interface CommandOptions {
  /** @default that of this process */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/**
 * Runs a command to its end and answers what it wrote to its standard output.
 * @throws if it fails; the message holds the end of what it wrote to either output
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { ...options, maxBuffer: 64_000_000 }, (cause, stdout, stderr) => {
      if (!cause) return resolve(stdout);
      const said = `${stdout}\n${stderr}`.trim().split("\n").slice(-10).join("\n");
      reject(
        new UnavailableError(`"${command} ${args[0] ?? ""}" failed: ${said || cause.message}`, { cause }),
      );
    });
  });
}
