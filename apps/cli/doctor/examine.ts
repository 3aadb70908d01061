import { asError } from "../../../layers/core/errors.ts";
import { checks, type Findings } from "./checks.ts";
import { Skipped, Trouble } from "./trouble.ts";

export interface Outcome {
  check: string;
  state: "works" | "failed" | "skipped";
  detail: string;
  todo?: string;
}

/** One after the other, since each rests on what those before it have found. */
export async function examine(onOutcome: (outcome: Outcome) => void): Promise<Outcome[]> {
  const findings: Findings = {};
  const outcomes: Outcome[] = [];
  for (const { name, run } of checks) {
    const outcome = await outcomeOf(name, () => run(findings));
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
