import { type Command, InvalidArgumentError } from "commander";
import type { Terminal } from "./terminal.ts";

/** Adds one verb to the program. Each has a file of its own and a row in main.ts. */
export type Verb = (program: Command, terminal: Terminal) => void;

/** The arguments contradict each other: exit code 2. */
export class UsageError extends Error {}

/** The verb has said already what went wrong; only the exit code is left to give. */
export class ReportedFailure extends Error {
  readonly exitCode: number;

  constructor(exitCode = 1) {
    super("reported");
    this.exitCode = exitCode;
  }
}

/** Examples under a verb's help: what is typed, and what it does. */
export function examples(rows: readonly (readonly [command: string, effect: string])[]): string {
  return ["", "Examples:", ...rows.flatMap(([command, effect]) => [`  # ${effect}`, `  $ ${command}`])].join(
    "\n",
  );
}

/** For options that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}
