import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { Option } from "commander";
import { levels } from "../../layers/core/alerting/alert-rule.ts";
import { type Rule, ruleAnswer, rulesAnswer } from "./alerting/answers.ts";
import { secondOf, tellCount, tellFields } from "./alerting/fields.ts";
import { type PreviewOptions, preview } from "./alerting/preview.ts";
import { anyAnswer } from "./answers.ts";
import { createApi } from "./api.ts";
import { findPlatform } from "./settings.ts";
import { tableOf } from "./table.ts";
import { printable, type Terminal } from "./terminal.ts";
import { examples, UsageError, type Verb, wholeNumber } from "./verb.ts";

const root = "/api/v1/telemetry/alerts/rules";
const pathOf = (id: string, rest = "") => `${root}/${encodeURIComponent(id)}${rest}`;

export const rules: Verb = (program, terminal) => {
  const verb = program.command("rules").description("See and keep alert rules, and try them on the past");

  verb
    .command("list")
    .description("List alert rules, newest first")
    .addOption(new Option("--enabled <flag>", "on or off").choices(["true", "false"]))
    .addOption(new Option("--level <level>", "of this level").choices([...levels]))
    .option("--metric <name>", "of this metric")
    .option("--limit <n>", "how many at most", wholeNumber(1, 1_000), 100)
    .option("--offset <n>", "how many to pass over", wholeNumber(0, 10_000_000), 0)
    .option("--json", "the answer as JSON")
    .action((options: ListOptions) => list(options, terminal));

  verb
    .command("show")
    .description("Show a rule, and how often it was triggered")
    .argument("<id>", "rul_…, as the list shows it")
    .option("--json", "the answer as JSON")
    .action((id: string, options: { json?: boolean }) => show(id, options, terminal));

  verb
    .command("create")
    .description("Create a rule (needs the scope operate)")
    .requiredOption("--file <path>", "the rule as JSON; - for standard input")
    .option("--json", "the answer as JSON")
    .addHelpText(
      "after",
      examples([
        [
          `echo '{"name":"Hot","metric_name":"temperature","condition":">","threshold_value":90}' | telemetry rules create --file -`,
          "the least that a rule says; docs/alerts.md has the rest",
        ],
      ]),
    )
    .action((options: { file: string; json?: boolean }) => create(options, terminal));

  for (const [name, enabled] of [
    ["enable", true],
    ["disable", false],
  ] as const) {
    verb
      .command(name)
      .description(
        `Turn a rule ${enabled ? "on" : "off"} (needs the scope operate); it holds within 2 seconds`,
      )
      .argument("<id>", "rul_…")
      .action((id: string) => enable(id, enabled, terminal));
  }

  verb
    .command("delete")
    .description("Delete a rule (needs the scope operate); its open alerts are resolved")
    .argument("<id>", "rul_…")
    .action((id: string) => remove(id, terminal));

  verb
    .command("preview")
    .description("When a rule would have raised alerts, by what is stored")
    .argument("[id]", "rul_…; or give --file")
    .option("--file <path>", "a rule that need not exist, as JSON; - for standard input")
    .option("--start-time <time>", "RFC 3339; 24 hours before the end otherwise")
    .option("--end-time <time>", "RFC 3339; now otherwise")
    .option("--json", "the answer as JSON")
    .addHelpText(
      "after",
      examples([["telemetry rules preview --file hot.json", "would it have paged me yesterday?"]]),
    )
    .action(async (id: string | undefined, options: PreviewOptions & { file?: string }) => {
      if ((id === undefined) === (options.file === undefined)) {
        throw new UsageError("expected the id of a rule, or --file with one");
      }
      const of = options.file === undefined ? { rule_id: id } : { rule: await readRule(options.file) };
      await preview(of, options, terminal);
    });
};

interface ListOptions {
  enabled?: string;
  level?: string;
  metric?: string;
  limit: number;
  offset: number;
  json?: boolean;
}

async function list(
  { json, metric, enabled, level, limit, offset }: ListOptions,
  terminal: Terminal,
): Promise<void> {
  const query = new URLSearchParams({
    ...(enabled && { enabled }),
    ...(level && { level }),
    ...(metric && { metric_name: metric }),
    ...{ limit: String(limit), offset: String(offset) },
  });
  const path = `${root}?${query}`;
  const { body } = await createApi(findPlatform()).call({ method: "GET", path, answer: rulesAnswer });
  if (json) return terminal.out(JSON.stringify(body));
  if (body.rules.length > 0) for (const line of table(body.rules)) terminal.out(line);
  tellCount(body.count, offset + body.rules.length, terminal);
}

function table(found: readonly Rule[]): string[] {
  const rows = found.map((rule) => [
    rule.rule_id,
    rule.enabled ? "on" : "off",
    rule.level,
    `${rule.metric_name} ${rule.condition} ${rule.threshold_value}`,
    String(rule.total_triggers),
    rule.last_triggered === null ? "never" : secondOf(rule.last_triggered),
    rule.name,
  ]);
  const header = ["ID", "", "LEVEL", "WHEN", "ALERTS", "LAST (UTC)", "NAME"];
  return tableOf([header, ...rows.map((row) => row.map(printable))]);
}

async function show(id: string, { json }: { json?: boolean }, terminal: Terminal): Promise<void> {
  const path = pathOf(id);
  const { body } = await createApi(findPlatform()).call({ method: "GET", path, answer: ruleAnswer });
  if (json) return terminal.out(JSON.stringify(body));
  tellFields(
    Object.entries(body).map(([name, value]) => [name.replaceAll("_", " "), value]),
    terminal,
  );
}

async function create({ file, json }: { file: string; json?: boolean }, terminal: Terminal): Promise<void> {
  const body = await readRule(file);
  const answered = await createApi(findPlatform()).call({
    ...{ method: "POST", path: root, body, answer: ruleAnswer },
  });
  if (json) return terminal.out(JSON.stringify(answered.body));
  terminal.out(answered.body.rule_id);
}

/** @throws {UsageError} it is not JSON; what the rule says is for the API to judge */
async function readRule(file: string): Promise<unknown> {
  const content = file === "-" ? await text(process.stdin) : await readFile(file, "utf8");
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new UsageError(`${file === "-" ? "standard input" : file} is not JSON`, { cause });
  }
}

async function enable(id: string, enabled: boolean, terminal: Terminal): Promise<void> {
  const path = pathOf(id, "/enable");
  await createApi(findPlatform()).call({ method: "PUT", path, body: { enabled }, answer: anyAnswer });
  terminal.out(`${id} is ${enabled ? "on" : "off"}`);
}

async function remove(id: string, terminal: Terminal): Promise<void> {
  await createApi(findPlatform()).call({ method: "DELETE", path: pathOf(id), answer: anyAnswer });
  terminal.out(`${id} is deleted`);
}
