import { formatTime, microsOf } from "../../layers/core/time.ts";
import { createApi } from "./api.ts";
import { findPlatform } from "./settings.ts";
import { printable, type Terminal } from "./terminal.ts";
import { gather } from "./trace/gather.ts";
import { type Hop, hopsOf } from "./trace/hops.ts";
import { examples, ReportedFailure, type Verb, wholeNumber } from "./verb.ts";

const USUAL_DAYS = 30;
const MAX_DAYS = 365;
const DAY_MS = 86_400_000;

export const trace: Verb = (program, terminal) => {
  program
    .command("trace")
    .description(
      "Show the way of events through the bus: published, archived, audited, failed, and what was logged",
    )
    .argument("<correlation-id>", "as publish shows it")
    .option("--days <n>", "how far back to look", wholeNumber(1, MAX_DAYS), USUAL_DAYS)
    .option("--json", "the hops as JSON")
    .addHelpText(
      "after",
      examples([
        ["telemetry trace req-12345", "what happened, in order; effects are indented under their causes"],
        ["telemetry trace req-12345 --json", "the same for a program"],
      ]),
    )
    .action((correlationId: string, options: TraceOptions) => run(correlationId, options, terminal));
};

interface TraceOptions {
  days: number;
  json?: boolean;
}

async function run(correlationId: string, { days, json }: TraceOptions, terminal: Terminal): Promise<void> {
  const since = formatTime(microsOf(Date.now() - days * DAY_MS));
  const { unanswered, truncated, ...found } = await gather(createApi(findPlatform()), correlationId, since);
  const hops = hopsOf(found);
  if (json) {
    terminal.out(JSON.stringify({ correlation_id: correlationId, hops, unanswered, truncated }));
  } else {
    for (const hop of hops) terminal.out(lineOf(hop, terminal));
    for (const reason of unanswered) terminal.err(`not asked: ${reason}`);
    if (truncated) terminal.err("there is more than is shown here");
    if (hops.length === 0) terminal.err(`nothing is known of ${correlationId} in the last ${days} days`);
  }
  if (hops.length === 0) throw new ReportedFailure();
}

const colours: Partial<Record<Hop["what"], "red" | "yellow" | "green">> = {
  published: "green",
  failed: "yellow",
  dead: "red",
};

function lineOf({ time, what, event, depth, text }: Hop, { style }: Terminal): string {
  const colour = colours[what];
  const word = what.padEnd(9);
  const story = [event, text].filter((part) => part !== undefined).map((part) => printable(part));
  return [
    style("dim", time.padEnd(27)),
    colour ? style(colour, word) : word,
    `${"  ".repeat(depth)}${story.join("  ")}`,
  ].join("  ");
}
