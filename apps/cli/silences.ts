import { Option } from "commander";
import { type Level, levels } from "../../layers/core/alerting/alert-rule.ts";
import { type Silence, silenceAnswer, silencesAnswer } from "./alerting/answers.ts";
import { secondOf, tellCount } from "./alerting/fields.ts";
import { anyAnswer } from "./answers.ts";
import { createApi } from "./api.ts";
import { findPlatform } from "./settings.ts";
import { tableOf } from "./table.ts";
import { printable, type Terminal } from "./terminal.ts";
import { collect, examples, UsageError, type Verb, wholeNumber } from "./verb.ts";

const root = "/api/v1/telemetry/alerts/silences";
const MINUTE_MS = 60_000;
const MAX_MINUTES = 366 * 1_440;

export const silences: Verb = (program, terminal) => {
  const verb = program
    .command("silences")
    .description("See and keep the times during which nobody is told of alerts");

  verb
    .command("list")
    .description("List silences that last or are to come, the next to end first")
    .option("--limit <n>", "how many at most", wholeNumber(1, 1_000), 100)
    .option("--offset <n>", "how many to pass over", wholeNumber(0, 10_000_000), 0)
    .option("--json", "the answer as JSON")
    .action((options: ListOptions) => list(options, terminal));

  verb
    .command("create")
    .description("Silence alerts for a while (needs the scope operate); everything, unless told otherwise")
    .option("--rule <id>", "only of this rule; several times", collect)
    .option("--device <id>", "only of this device; several times", collect)
    .addOption(new Option("--level <level>", "only of this level; several times").argParser(collectLevel))
    .option("--minutes <n>", "how long, from its start", wholeNumber(1, MAX_MINUTES))
    .option("--starts-at <time>", "RFC 3339; now otherwise")
    .option("--ends-at <time>", "RFC 3339; or give --minutes")
    .requiredOption("--reason <text>", "why")
    .option("--json", "the answer as JSON")
    .addHelpText(
      "after",
      examples([
        ["telemetry silences create --device pump-7 --minutes 120 --reason 'new bearing'", "maintenance"],
      ]),
    )
    .action((options: CreateOptions) => create(options, terminal));

  verb
    .command("delete")
    .description("End a silence (needs the scope operate)")
    .argument("<id>", "sil_…, as the list shows it")
    .action((id: string) => remove(id, terminal));
};

interface ListOptions {
  limit: number;
  offset: number;
  json?: boolean;
}

interface CreateOptions {
  rule?: string[];
  device?: string[];
  level?: Level[];
  minutes?: number;
  startsAt?: string;
  endsAt?: string;
  reason: string;
  json?: boolean;
}

function collectLevel(value: string, before: readonly Level[] = []): Level[] {
  const level = levels.find((each) => each === value);
  if (!level) throw new UsageError(`--level: expected one of ${levels.join(", ")}, got ${value}`);
  return [...before, level];
}

async function list({ limit, offset, json }: ListOptions, terminal: Terminal): Promise<void> {
  const path = `${root}?limit=${limit}&offset=${offset}`;
  const { body } = await createApi(findPlatform()).call({ method: "GET", path, answer: silencesAnswer });
  if (json) return terminal.out(JSON.stringify(body));
  if (body.silences.length > 0) for (const line of table(body.silences)) terminal.out(line);
  tellCount(body.count, offset + body.silences.length, terminal);
}

function table(found: readonly Silence[]): string[] {
  const rows = found.map((silence) => [
    silence.silence_id,
    secondOf(silence.starts_at),
    secondOf(silence.ends_at),
    printable(matches(silence)),
    printable(silence.reason),
  ]);
  return tableOf([["ID", "FROM (UTC)", "TO (UTC)", "WHAT", "WHY"], ...rows]);
}

const matches = ({ rule_ids, device_ids, levels: ofLevels }: Silence): string =>
  [...rule_ids, ...device_ids, ...ofLevels].join(", ") || "everything";

async function create(options: CreateOptions, terminal: Terminal): Promise<void> {
  const { rule, device, level, startsAt, reason, json } = options;
  const request = {
    ...{ rule_ids: rule, device_ids: device, levels: level },
    ...{ starts_at: startsAt, ends_at: endOf(options), reason },
  };
  const { body } = await createApi(findPlatform()).call({
    ...{ method: "POST", path: root, body: request, answer: silenceAnswer },
  });
  if (json) return terminal.out(JSON.stringify(body));
  terminal.err(`nobody is told of alerts (${printable(matches(body))}) until ${body.ends_at}`);
  terminal.out(body.silence_id);
}

/** @throws {UsageError} unless it is said, in one way, when it ends */
function endOf({ minutes, startsAt, endsAt }: CreateOptions): string {
  if (endsAt !== undefined && minutes === undefined) return endsAt;
  if (endsAt !== undefined || minutes === undefined) throw new UsageError("expected --minutes or --ends-at");
  const start = startsAt === undefined ? Date.now() : Date.parse(startsAt);
  if (Number.isNaN(start)) throw new UsageError(`--starts-at: expected an RFC 3339 time, got ${startsAt}`);
  return new Date(start + minutes * MINUTE_MS).toISOString();
}

async function remove(id: string, terminal: Terminal): Promise<void> {
  const path = `${root}/${encodeURIComponent(id)}`;
  await createApi(findPlatform()).call({ method: "DELETE", path, answer: anyAnswer });
  terminal.out(`${id} has ended`);
}
