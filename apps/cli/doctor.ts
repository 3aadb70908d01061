import type { Outcome, Step } from "./doctor/examine.ts";
import type { Terminal } from "./terminal.ts";
import { examples, ReportedFailure, type Verb } from "./verb.ts";

export const doctor: Verb = (program, terminal) => {
  program
    .command("doctor")
    .description("Check the platform part by part, and say what to do about what does not work")
    .option(
      "--env <name>",
      "ask an AWS account instead whether it can have this environment: before a deploy",
    )
    .option("--json", "the findings as JSON")
    .addHelpText(
      "after",
      `\nExit code: 0 if everything works, 1 if anything does not.\n${examples([
        ["telemetry doctor", "the local run, or the platform that TELEMETRY_URL names"],
        ["RABBITMQ_URL=amqps://… telemetry doctor", "a broker that is elsewhere, too"],
        [
          "AWS_PROFILE=… telemetry doctor --env prod",
          "the account and region that prod would be deployed to",
        ],
      ])}`,
    )
    .action(async ({ env, json }: { env?: string; json?: boolean }) => {
      const { examine, platformSteps } = await import("./doctor/examine.ts");
      const steps = env === undefined ? platformSteps() : await stepsOfAccount(env);
      const outcomes = await examine(steps, (outcome) => json || print(outcome, terminal));
      if (json) terminal.out(JSON.stringify(outcomes));
      if (outcomes.some(({ state }) => state === "failed")) throw new ReportedFailure();
    });
};

/** AWS's clients are there in a checkout, where a deploy is done from; the package does not carry them. */
async function stepsOfAccount(environment: string): Promise<Step[]> {
  const { accountSteps } = await import("./doctor/account/checks.ts");
  return accountSteps(environment);
}

const marks = { works: ["green", "✓"], failed: ["red", "✗"], skipped: ["dim", "–"] } as const;

export function print({ check, state, detail, todo }: Outcome, terminal: Terminal): void {
  const [style, mark] = marks[state];
  terminal.out(`${terminal.style(style, mark)} ${check}: ${detail.replaceAll("\n", "\n    ")}`);
  if (todo) terminal.out(`    ${terminal.style("yellow", "→")} ${todo}`);
}
