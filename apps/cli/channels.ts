import { Option } from "commander";
import { severities } from "../../layers/core/paging.ts";
import { anyAnswer, channelAnswer, channelsAnswer, channelTestAnswer, deliveriesAnswer } from "./answers.ts";
import { createApi } from "./api.ts";
import { type AddArguments, channelBody } from "./channels/body.ts";
import { findPlatform } from "./settings.ts";
import { printable, type Terminal } from "./terminal.ts";
import { collect, examples, ReportedFailure, type Verb, wholeNumber } from "./verb.ts";

const root = "/api/v1/channels";
const pathOf = (name: string, rest = "") => `${root}/${encodeURIComponent(name)}${rest}`;

export const channels: Verb = (program, terminal) => {
  const verb = program
    .command("channels")
    .description("See and keep the ways to people: who is told of errors");

  verb
    .command("list")
    .description("List the channels by name, without their secrets")
    .option("--json", "the answer as JSON")
    .action((options: { json?: boolean }) => list(options, terminal));

  verb
    .command("add")
    .description("Create a channel (needs the scope admin)")
    .argument("<name>", "what alert rules will call it")
    .option("--slack <url>", "Slack, by an incoming webhook")
    .option("--pagerduty <key>", "PagerDuty, by the integration key of an Events API v2 integration")
    .addOption(new Option("--region <region>", "of PagerDuty").choices(["us", "eu"]))
    .option("--email <address>", "mail; may be given several times", collect)
    .option("--webhook <url>", "a program of your own, with signed requests")
    .option("--secret <text>", "to sign them with; one is made up and shown otherwise")
    .option("--events <pattern>", "such as alert.# or api.error; several times; # if none is given", collect)
    .addOption(
      new Option("--min-severity <severity>", "less severe events are not for it").choices([...severities]),
    )
    .option("--max-per-minute <n>", "what is beyond it is told in one message", wholeNumber(1, 600))
    .option("--json", "the answer as JSON")
    .addHelpText(
      "after",
      examples([
        [
          "telemetry channels add ops --slack https://hooks.slack.com/services/…",
          "everything from warning up",
        ],
        ["telemetry channels add on-call --pagerduty 0123… --min-severity critical", "wake somebody up"],
        [
          "telemetry channels add log --webhook https://example.com/hook --events 'alert.#'",
          "alerts to a program",
        ],
      ]),
    )
    .action((name: string, options: AddArguments & { json?: boolean }) => add(name, options, terminal));

  verb
    .command("remove")
    .description("Remove a channel (needs the scope admin); what waits for it fails")
    .argument("<name>")
    .action((name: string) => remove(name, terminal));

  verb
    .command("test")
    .description("Send a test notification and say what was answered")
    .argument("<name>")
    .action((name: string) => test(name, terminal));

  verb
    .command("deliveries")
    .description("What a channel was sent, newest first, and why not")
    .argument("<name>")
    .option("--limit <n>", "how many at most", wholeNumber(1, 1_000), 20)
    .option("--json", "the answer as JSON")
    .action((name: string, options: { limit: number; json?: boolean }) =>
      deliveries(name, options, terminal),
    );
};

async function list({ json }: { json?: boolean }, terminal: Terminal): Promise<void> {
  const { body } = await createApi(findPlatform()).call({
    method: "GET",
    path: root,
    answer: channelsAnswer,
  });
  if (json) return terminal.out(JSON.stringify(body.channels));
  for (const { name, kind, address, events, minimum_severity, enabled } of body.channels) {
    const takes = `${events.join(", ")} from ${minimum_severity}`;
    const line = [name.padEnd(16), kind.padEnd(9), takes.padEnd(28), address].join("  ");
    terminal.out(enabled ? printable(line) : terminal.style("dim", printable(`${line}  (off)`)));
  }
}

async function add(
  name: string,
  { json, ...options }: AddArguments & { json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const { body } = await createApi(findPlatform()).call({
    method: "POST",
    path: root,
    body: channelBody(name, options),
    answer: channelAnswer,
  });
  if (json) return terminal.out(JSON.stringify(body));
  terminal.err(
    `${body.name} is there (${body.kind}: ${body.address}). Try it: telemetry channels test ${body.name}`,
  );
  if (body.secret === undefined || options.secret !== undefined) return;
  terminal.err("This is the secret that its requests are signed with; it is not shown again:");
  terminal.out(body.secret);
}

async function remove(name: string, terminal: Terminal): Promise<void> {
  await createApi(findPlatform()).call({ method: "DELETE", path: pathOf(name), answer: anyAnswer });
  terminal.out(`${name} is removed`);
}

async function test(name: string, terminal: Terminal): Promise<void> {
  const path = pathOf(name, "/test");
  const { body } = await createApi(findPlatform()).call({ method: "POST", path, answer: channelTestAnswer });
  const detail = printable(body.detail);
  if (body.delivered) return terminal.out(`${name} took it: ${detail}`);
  terminal.err(`${name} did not take it: ${detail}${body.may_pass_later ? " (it may, later)" : ""}`);
  throw new ReportedFailure();
}

async function deliveries(
  name: string,
  { limit, json }: { limit: number; json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const path = pathOf(name, `/deliveries?limit=${limit}`);
  const { body } = await createApi(findPlatform()).call({ method: "GET", path, answer: deliveriesAnswer });
  if (json) return terminal.out(JSON.stringify(body.deliveries));
  for (const { recorded_at, state, severity, title, count, detail } of body.deliveries) {
    const counted = count > 1 ? `${title} (${count} events)` : title;
    const reason = state === "sent" || detail === null ? "" : `  ${detail}`;
    const line = [recorded_at.slice(0, 19), state.padEnd(10), severity.padEnd(9), `${counted}${reason}`].join(
      "  ",
    );
    terminal.out(state === "failed" ? terminal.style("red", printable(line)) : printable(line));
  }
}
