import { asError } from "../../layers/core/errors.ts";
import { checks, type Findings } from "./doctor/checks.ts";
import { Skipped, Trouble } from "./doctor/trouble.ts";
import type { Terminal } from "./terminal.ts";
import { examples, ReportedFailure, type Verb } from "./verb.ts";

export const doctor: Verb = (program, terminal) => {
  program
    .command("doctor")
    .description("Check the platform part by part, and say what to do about what does not work")
    .option("--json", "the findings as JSON")
    .addHelpText(
      "after",
      `\nExit code: 0 if everything works, 1 if anything does not.\n${examples([
        ["telemetry doctor", "the local run, or the platform that TELEMETRY_URL names"],
        ["RABBITMQ_URL=amqps://… telemetry doctor", "a broker that is elsewhere, too"],
      ])}`,
    )
    .action(async ({ json }: { json?: boolean }) => {
      const outcomes = await examine((outcome) => json || print(outcome, terminal));
      if (json) terminal.out(JSON.stringify(outcomes));
      if (outcomes.some(({ state }) => state === "failed")) throw new ReportedFailure();
    });
};

interface Outcome {
  check: string;
  state: "works" | "failed" | "skipped";
  detail: string;
  todo?: string;
}

/** One after the other, since each rests on what those before it have found. */
async function examine(onOutcome: (outcome: Outcome) => void): Promise<Outcome[]> {
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

const marks = { works: ["green", "✓"], failed: ["red", "✗"], skipped: ["dim", "–"] } as const;

function print({ check, state, detail, todo }: Outcome, terminal: Terminal): void {
  const [style, mark] = marks[state];
  terminal.out(`${terminal.style(style, mark)} ${check}: ${detail.replaceAll("\n", "\n    ")}`);
  if (todo) terminal.out(`    ${terminal.style("yellow", "→")} ${todo}`);
}
