import { InvalidArgumentError, Option } from "commander";
import { topology } from "../../layers/topology/topology.ts";
import { onInterrupt } from "./interrupt.ts";
import { findBroker } from "./settings.ts";
import { formatEvent, formatJson } from "./tail/line.ts";
import { examples, type Verb } from "./verb.ts";

const topicExchanges = topology()
  .exchanges.filter(({ type }) => type === "topic")
  .map(({ name }) => name);

/** A dead letter was seen once already, where it came from. */
const usual = topicExchanges.filter((name) => name !== "dead.letters");

export const tail: Verb = (program, terminal) => {
  program
    .command("tail")
    .description("Watch events as they pass, until Ctrl-C; nothing is taken away from anybody")
    .argument("[pattern]", "types to show: * is one word, # any number of words", "#")
    .addOption(
      new Option(
        "--exchange <name>",
        `else all of ${usual.join(", ")}; may be given several times`,
      ).argParser(collectExchange),
    )
    .option("--json", "each event whole, one JSON per line")
    .addHelpText(
      "after",
      examples([
        ["telemetry tail", "everything"],
        ["telemetry tail 'model.#'", "what happens to models"],
        ["telemetry tail 'order.*.shipped' --json | jq .data", "for another program"],
        ["telemetry tail --exchange dead.letters", "what fails for good"],
      ]),
    )
    .action(async (pattern: string, { exchange = usual, json }: TailArguments) => {
      const { watch } = await import("./tail/watch.ts");
      const interrupt = onInterrupt();
      await watch({
        url: findBroker(),
        pattern,
        exchanges: exchange,
        signal: interrupt.signal,
        onEvent: (body) => terminal.out(json ? formatJson(body) : formatEvent(body, terminal)),
        onState: (state) => terminal.err(terminal.styleErr("dim", state)),
      });
      interrupt.dispose();
    });
};

function collectExchange(name: string, before: readonly string[] = []): string[] {
  const known = topicExchanges.find((exchange) => exchange === name);
  if (!known) throw new InvalidArgumentError(`Expected one of ${topicExchanges.join(", ")}.`);
  return [...before, known];
}

interface TailArguments {
  exchange?: string[];
  json?: boolean;
}
