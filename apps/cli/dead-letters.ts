import { type Command, Option } from "commander";
import { deadLetterStates } from "../../layers/storage/registry/port.ts";
import { discardEach } from "./dead-letters/discard.ts";
import { checkSelection, type ReplayArguments } from "./dead-letters/filter.ts";
import { type ListArguments, list } from "./dead-letters/list.ts";
import { show } from "./dead-letters/show.ts";
import { examples, type Verb, wholeNumber } from "./verb.ts";

export const deadLetters: Verb = (program, terminal) => {
  const verb = program.command("dead-letters").description("See, replay and discard what failed for good");

  withFilters(verb.command("list").description("List dead letters, the last death first"))
    .addOption(
      new Option("--state <state>", "which of them").choices([...deadLetterStates, "all"]).default("dead"),
    )
    .option("--limit <n>", "how many at most", wholeNumber(1, 1_000), 50)
    .option("--offset <n>", "how many to pass over", wholeNumber(0, 10_000_000), 0)
    .option("--json", "the answer as JSON")
    .action((options: ListArguments) => list(options, terminal));

  verb
    .command("show")
    .description("Show one: its event, every attempt, the error with its stack")
    .argument("<id>", "dlt_…, as the list shows it")
    .option("--json", "the answer as JSON")
    .action((id: string, options: { json?: boolean }) => show(id, options, terminal));

  withFilters(verb.command("replay").description("Send back to the queue it failed in, the oldest first"))
    .argument("[ids...]", "dlt_…; or give filters, or --all")
    .option("--all", "everything that is dead")
    .option("--dry-run", "only say how many of what would go where")
    .option("--limit <n>", "how many at most", wholeNumber(1, 100_000_000))
    .option("--as-of <time>", "go on with a replay that was stopped: it says what to give here")
    .option("--json", "report as JSON")
    .addHelpText("after", notes)
    .action(async (ids: string[], options: ReplayArguments) => {
      checkSelection(ids, options);
      const { runReplay } = await import("./dead-letters/replay.ts");
      await runReplay(ids, options, terminal);
    });

  verb
    .command("discard")
    .description("Set aside, with a note; it is kept and can still be shown")
    .argument("<ids...>", "dlt_…, as the list shows them")
    .requiredOption("--note <text>", "why")
    .action((ids: string[], options: { note: string }) => discardEach(ids, options, terminal));
};

const withFilters = (command: Command): Command =>
  command
    .option("--queue <name>", "failed in this queue")
    .option("--type <type>", "events of this type")
    .option("--source <uri>", "events of this source")
    .option("--error-type <name>", "such as PermanentError")
    .option("--error-code <code>", "such as invalid_payload")
    .option("--correlation-id <id>", "events of this correlation id")
    .option("--start-time <time>", "died at or after; RFC 3339")
    .option("--end-time <time>", "died before; RFC 3339");

const notes = `
Nothing goes anywhere but to the queue it failed in. What fails again is a dead letter again, with the new
attempts behind the old ones. Ctrl-C stops between two pages and says how to go on. A replay that was cut
off can be repeated: consumers know an event that went back twice.

Exit code: 0 if everything was replayed, 1 if something could not be, 2 without ids, filter or --all,
130 after Ctrl-C.
${examples([
  ["telemetry dead-letters replay --queue metrics.updates --dry-run", "see what would go where"],
  ["telemetry dead-letters replay --error-code invalid_payload --type model.registered", "after a fix"],
  ["telemetry dead-letters replay --all", "everything"],
])}`;
