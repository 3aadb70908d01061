import { asError } from "../../../layers/core/errors.ts";
import { checks, type Findings } from "./checks.ts";
import { Skipped, Trouble } from "./trouble.ts";

export interface Outcome {
  check: string;
  state: "works" | "failed" | "skipped";
  detail: string;
  todo?: string;
}

export interface Step {
  name: string;
  /** Says what it found. @throws {Trouble} or {Skipped} */
  run(): Promise<string>;
}

/** What there is to ask of a platform that runs. */
export function platformSteps(): Step[] {
  const findings: Findings = {};
  return checks.map(({ name, run }) => ({ name, run: () => run(findings) }));
}

/** One after the other, since each rests on what those before it have found. */
export async function examine(
  steps: readonly Step[],
  onOutcome: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { name, run } of steps) {
    const outcome = await outcomeOf(name, run);
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  return outcomes;
}

async function outcomeOf(check: string, run: () => Promise<string>): Promise<Outcome> {
  try {
    return { check, state: "works", detail: await run() };
  } catch (error) {
    const detail = asError(error).message;
    if (error instanceof Skipped) return { check, state: "skipped", detail };
    return { check, state: "failed", detail, todo: error instanceof Trouble ? error.todo : undefined };
  }
}
