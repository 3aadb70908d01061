import { faultInQueueName } from "../../layers/broker/subscriber/queue-name.ts";
import { faultInPattern } from "../../layers/topology/patterns.ts";
import { collect, examples, UsageError, type Verb, wholeNumber } from "./verb.ts";

const MAX = 2 ** 31 - 1;

export const subscribe: Verb = (program, terminal) => {
  program
    .command("subscribe")
    .description("Take events from a durable queue of your own, as JSON lines, until Ctrl-C")
    .argument("[patterns...]", "types to take: * is one word, # any number of words")
    .requiredOption("--queue <name>", "the subscription; who names the same one shares its events")
    .option("--exec <command>", "run it for each event, with the event's JSON on its standard input")
    .option("--count <n>", "end after so many events", wholeNumber(1, MAX))
    .option("--concurrency <n>", "with --exec: how many at the same time", wholeNumber(1, 1_000))
    .option("--prefetch <n>", "how many events to have at hand; else 100", wholeNumber(1, 65_535))
    .option("--ordered", "one event at a time, in order, in all processes together")
    .option("--max-length <n>", "keep no more events than so many; else 100000", wholeNumber(1, MAX))
    .option("--unbind <pattern>", "take no longer what this matches; may be given several times", collect)
    .option("--remove", "delete the subscription; refused while it holds events or is in use")
    .option("--force", "with --remove: even then")
    .addHelpText("after", notes)
    .action(async (patterns: string[], options: SubscribeArguments) => {
      check(patterns, options);
      const { runSubscription, endSubscription } = await import("./subscribe/run.ts");
      await (options.remove
        ? endSubscription(options, terminal)
        : runSubscription(patterns, options, terminal));
    });
};

export interface SubscribeArguments {
  queue: string;
  exec?: string;
  count?: number;
  concurrency?: number;
  prefetch?: number;
  ordered?: boolean;
  maxLength?: number;
  unbind?: string[];
  remove?: boolean;
  force?: boolean;
}

function check(patterns: readonly string[], { queue, unbind = [], ...options }: SubscribeArguments): void {
  const { exec, concurrency, prefetch, ordered, remove, force } = options;
  if (force && !remove) throw new UsageError("--force needs --remove");
  if (concurrency !== undefined && exec === undefined) throw new UsageError("--concurrency needs --exec");
  if (ordered && (concurrency ?? 1) + (prefetch ?? 1) > 2) {
    throw new UsageError("--ordered takes one event at a time: no --concurrency and no --prefetch beside it");
  }
  if (!remove && patterns.length === 0)
    throw new UsageError("expected at least one pattern, such as 'order.#'");
  const faults = [faultInQueueName(queue), ...[...patterns, ...unbind].map(faultInPattern)];
  const fault = faults.find((each) => each !== undefined);
  if (fault) throw new UsageError(fault);
}

const notes = `
The queue is declared if it is not there and stays when the program ends: what comes meanwhile is kept, up to
--max-length, beyond which the oldest go. An event is acknowledged once it is written to standard output, or once the
command has ended well. What was not acknowledged comes again, so an event may come twice; its source and id tell.

Exit codes of an --exec command: 0 done; 75 what it needs is away, the event waits and is tried again; 65 the event is
at fault, to the dead letters at once; 126 or 127 the command cannot be run, and nothing is taken any more; any other:
tried again after 1, 5 and 30 seconds, then to the dead letters.
${examples([
  ["telemetry subscribe 'order.#' --queue billing | ./bill", "one JSON per line"],
  [
    "telemetry subscribe model.registered 'filter.*' --queue index --exec './index-one'",
    "a program per event",
  ],
  ["telemetry subscribe 'order.#' --queue billing --count 1", "the next one"],
  ["telemetry subscribe --queue billing --remove", "end the subscription"],
])}`;
