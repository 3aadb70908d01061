import { type Command, Option } from "commander";
import { alertStatuses } from "../../layers/core/alerting/alert.ts";
import { levels } from "../../layers/core/alerting/alert-rule.ts";
import { type Alert, alertAnswer, alertsAnswer } from "./alerting/answers.ts";
import { secondOf, tellFields } from "./alerting/fields.ts";
import { anyAnswer } from "./answers.ts";
import { createApi } from "./api.ts";
import { findPlatform } from "./settings.ts";
import { tableOf } from "./table.ts";
import { printable, type Terminal } from "./terminal.ts";
import { examples, type Verb, wholeNumber } from "./verb.ts";

const root = "/api/v1/telemetry/alerts";
const pathOf = (id: string, rest = "") => `${root}/${encodeURIComponent(id)}${rest}`;

export const alerts: Verb = (program, terminal) => {
  const verb = program.command("alerts").description("See alerts, take them on and close them");

  verb
    .command("list")
    .description("List alerts, the one triggered last first")
    .addOption(
      new Option("--status <status>", "which of them").choices([...alertStatuses, "all"]).default("active"),
    )
    .addOption(new Option("--level <level>", "of this level").choices([...levels]))
    .option("--device <id>", "of this device")
    .option("--rule <id>", "of this rule")
    .option("--start-time <time>", "triggered at or after; RFC 3339")
    .option("--end-time <time>", "triggered before; RFC 3339")
    .option("--limit <n>", "how many at most", wholeNumber(1, 1_000), 50)
    .option("--offset <n>", "how many to pass over", wholeNumber(0, 10_000_000), 0)
    .option("--json", "the answer as JSON")
    .addHelpText(
      "after",
      examples([
        ["telemetry alerts list --level critical", "what is on fire"],
        ["telemetry alerts list --status all --device pump-7", "how a device fared"],
      ]),
    )
    .action((options: ListOptions) => list(options, terminal));

  verb
    .command("show")
    .description("Show an alert, and who did what to it")
    .argument("<id>", "alr_…, as the list shows it")
    .option("--json", "the answer as JSON")
    .action((id: string, options: { json?: boolean }) => show(id, options, terminal));

  noted(verb.command("ack").description("Say that you have taken it on (needs the scope operate)")).action(
    (id: string, options: { note?: string }) => change(id, "acknowledge", options, terminal),
  );
  noted(verb.command("resolve").description("Say that it is over (needs the scope operate)")).action(
    (id: string, options: { note?: string }) => change(id, "resolve", options, terminal),
  );
};

const noted = (command: Command): Command =>
  command.argument("<id>", "alr_…, as the list shows it").option("--note <text>", "what others should know");

interface ListOptions {
  status: string;
  level?: string;
  device?: string;
  rule?: string;
  startTime?: string;
  endTime?: string;
  limit: number;
  offset: number;
  json?: boolean;
}

async function list(options: ListOptions, terminal: Terminal): Promise<void> {
  const path = `${root}?${queryOf(options)}`;
  const { body } = await createApi(findPlatform()).call({ method: "GET", path, answer: alertsAnswer });
  if (options.json) return terminal.out(JSON.stringify(body));
  if (body.alerts.length > 0) for (const line of table(body.alerts)) terminal.out(line);
  const seen = options.offset + body.alerts.length;
  const more = seen < body.count ? `; --offset ${seen} shows more` : "";
  terminal.err(`${body.count}, ${body.active_count} open, ${body.critical_count} critical${more}`);
}

function queryOf({ status, level, device, rule, startTime, endTime, limit, offset }: ListOptions): string {
  const given = Object.entries({
    status: status === "all" ? undefined : status,
    ...{ level, device_id: device, rule_id: rule, start_time: startTime, end_time: endTime },
    ...{ limit: String(limit), offset: String(offset) },
  }).filter((field): field is [string, string] => field[1] !== undefined);
  return new URLSearchParams(given).toString();
}

function table(found: readonly Alert[]): string[] {
  const rows = found.map((alert) => [
    alert.alert_id,
    secondOf(alert.triggered_at),
    alert.status + (alert.silenced ? " (silenced)" : ""),
    alert.level,
    alert.rule_name,
    alert.message,
  ]);
  const header = ["ID", "TRIGGERED (UTC)", "STATUS", "LEVEL", "RULE", "WHAT"];
  return tableOf([header, ...rows.map((row) => row.map(printable))]);
}

async function show(id: string, { json }: { json?: boolean }, terminal: Terminal): Promise<void> {
  const path = pathOf(id);
  const { body } = await createApi(findPlatform()).call({ method: "GET", path, answer: alertAnswer });
  if (json) return terminal.out(JSON.stringify(body));
  tellFields(
    [
      ["id", body.alert_id],
      ["what", body.message],
      ["rule", `${body.rule_name} (${body.rule_id})`],
      ["device", body.device_id],
      ["metric", body.metric_name],
      ["level", body.level],
      ["status", body.status],
      ["silenced", body.silenced ? "nobody was told" : null],
      ["triggered", body.triggered_at],
      ["breaches", `${body.breaches}, the last at ${body.last_breach_at}`],
      ["acknowledged", deedOf(body.acknowledged_at, body.acknowledged_by, body.acknowledgement_note)],
      ["resolved", deedOf(body.resolved_at, body.resolved_by, body.resolution_note)],
    ],
    terminal,
  );
}

const deedOf = (at: string | null, by: string | null, note: string | null): string | null =>
  at === null ? null : `${at} by ${by}${note === null ? "" : `: ${note}`}`;

async function change(
  id: string,
  deed: "acknowledge" | "resolve",
  { note }: { note?: string },
  terminal: Terminal,
): Promise<void> {
  const path = pathOf(id, `/${deed}`);
  await createApi(findPlatform()).call({ method: "PUT", path, body: { note }, answer: anyAnswer });
  terminal.out(`${id} is ${deed === "resolve" ? "resolved" : "acknowledged"}`);
}
