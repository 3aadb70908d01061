import { InvalidArgumentError, Option } from "commander";
import { bindingsFor, faultInPattern, topicExchanges } from "../../layers/topology/patterns.ts";
import { DEAD_LETTER_EXCHANGE } from "../../layers/topology/topology.ts";
import { onInterrupt } from "./interrupt.ts";
import { findBroker } from "./settings.ts";
import { formatEvent, formatJson } from "./tail/line.ts";
import { examples, UsageError, type Verb } from "./verb.ts";

const exchanges = [...topicExchanges, DEAD_LETTER_EXCHANGE];

export const tail: Verb = (program, terminal) => {
  program
    .command("tail")
    .description("Watch events as they pass, until Ctrl-C; nothing is taken away from anybody")
    .argument("[patterns...]", "types to show: * is one word, # any number of words; else all of them")
    .addOption(
      new Option(
        "--exchange <name>",
        `one of ${exchanges.join(", ")}; may be given several times; else those that have such types`,
      ).argParser(collectExchange),
    )
    .option("--json", "each event whole, one JSON per line")
    .addHelpText(
      "after",
      examples([
        ["telemetry tail", "everything"],
        ["telemetry tail 'model.#' 'fireflies.*.ready'", "what happens to models, and what is ready"],
        ["telemetry tail 'order.*.shipped' --json | jq .data", "for another program"],
        ["telemetry tail --exchange dead.letters", "what fails for good"],
      ]),
    )
    .action(async (given: string[], { exchange, json }: TailArguments) => {
      const patterns = given.length > 0 ? given : ["#"];
      const fault = patterns.map(faultInPattern).find((each) => each !== undefined);
      if (fault) throw new UsageError(fault);
      const { watch } = await import("./tail/watch.ts");
      const interrupt = onInterrupt();
      await watch({
        url: findBroker(),
        patterns,
        bindings: exchange ? within(exchange, patterns) : bindingsFor(patterns),
        signal: interrupt.signal,
        onEvent: (body) => terminal.out(json ? formatJson(body) : formatEvent(body, terminal)),
        onState: (state) => terminal.err(terminal.styleErr("dim", state)),
      });
      interrupt.dispose();
    });
};

/** The patterns as they are: dead letters have the queue that they failed in for a key. And what they mean as types. */
const within = (exchanges: readonly string[], patterns: readonly string[]) => [
  ...exchanges.flatMap((exchange) => patterns.map((key) => ({ exchange, key }))),
  ...bindingsFor(patterns).filter(({ exchange }) => exchanges.includes(exchange)),
];

function collectExchange(name: string, before: readonly string[] = []): string[] {
  const known = exchanges.find((exchange) => exchange === name);
  if (!known) throw new InvalidArgumentError(`Expected one of ${exchanges.join(", ")}.`);
  return [...before, known];
}

interface TailArguments {
  exchange?: string[];
  json?: boolean;
}
