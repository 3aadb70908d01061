import { readFile } from "node:fs/promises";
import type { SealedHead } from "../../layers/core/audit.ts";
import { asError } from "../../layers/core/errors.ts";
import { headsIn, headText } from "../../layers/core/sealed-head.ts";
import { auditAnswer } from "./answers.ts";
import { createApi } from "./api.ts";
import { entryLine } from "./audit/line.ts";
import { sealedHeads, verifyAudit } from "./audit/verify.ts";
import { startProgress } from "./progress.ts";
import { findPlatform } from "./settings.ts";
import type { Terminal } from "./terminal.ts";
import { collect, examples, ReportedFailure, UsageError, type Verb, wholeNumber } from "./verb.ts";

export const audit: Verb = (program, terminal) => {
  const verb = program.command("audit").description("Read the audit of all model events, and prove it");

  verb
    .command("list")
    .description("List entries, newest first")
    .option("--type <type>", "of the events: model.registered")
    .option("--source <source>", "of the events")
    .option("--correlation-id <id>", "of the events")
    .option("--start <time>", "events of this time or later, RFC 3339")
    .option("--end <time>", "events before this time")
    .option("--limit <n>", "entries at most", wholeNumber(1, 1_000), 20)
    .option("--json", "a line of JSON per entry")
    .addHelpText(
      "after",
      examples([["telemetry audit list --type model.deactivated", "what was taken out of service"]]),
    )
    .action((options: ListOptions) => list(options, terminal));

  verb
    .command("verify")
    .description("Recompute every hash, and hold the audit against its sealed heads")
    .option(
      "--heads <file>",
      "a copy of the sealed heads kept elsewhere; may be given several times",
      collect,
    )
    .option("--json", "the verdict as JSON")
    .addHelpText(
      "after",
      examples([
        ["telemetry audit verify", "the audit against the heads that this platform sealed"],
        ["telemetry audit verify --heads heads.ndjson", "and against those that you kept yourself"],
      ]),
    )
    .action((options: VerifyOptions) => verify(options, terminal));

  verb
    .command("heads")
    .description("Print the sealed heads, a line of JSON each: a copy to keep elsewhere")
    .action(() => heads(terminal));
};

interface ListOptions {
  type?: string;
  source?: string;
  correlationId?: string;
  start?: string;
  end?: string;
  limit: number;
  json?: boolean;
}

async function list(options: ListOptions, terminal: Terminal): Promise<void> {
  const { json, limit, type, source, correlationId, start, end } = options;
  const query = new URLSearchParams({
    order: "newest",
    limit: String(limit),
    ...(type !== undefined && { type }),
    ...(source !== undefined && { source }),
    ...(correlationId !== undefined && { correlation_id: correlationId }),
    ...(start !== undefined && { start_time: start }),
    ...(end !== undefined && { end_time: end }),
  });
  const { body } = await createApi(findPlatform()).call({
    method: "GET",
    path: `/api/v1/audit?${query}`,
    answer: auditAnswer,
  });
  for (const entry of body.entries) terminal.out(json ? JSON.stringify(entry) : entryLine(entry));
}

interface VerifyOptions {
  heads?: string[];
  json?: boolean;
}

async function verify({ heads = [], json }: VerifyOptions, terminal: Terminal): Promise<void> {
  const kept = (await Promise.all(heads.map(readHeads))).flat();
  const api = createApi(findPlatform());
  const progress = startProgress(terminal, 100);
  const verdict = await verifyAudit(api, kept, (done, total) =>
    progress.update(total > 0 ? (100 * done) / total : 100, `${done} of ${total} entries`),
  ).finally(() => progress.stop());
  if (json) terminal.out(JSON.stringify(verdict));
  else if (verdict.ok) terminal.out(verdict.message);
  else terminal.out(terminal.style("red", verdict.message));
  if (!verdict.ok) throw new ReportedFailure();
}

async function heads(terminal: Terminal): Promise<void> {
  for (const head of await sealedHeads(createApi(findPlatform()))) terminal.out(headText(head));
}

async function readHeads(file: string): Promise<SealedHead[]> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new UsageError(`--heads ${file}: ${asError(cause).message}`);
  });
  const heads = headsIn(text, file);
  if (heads.length === 0)
    throw new UsageError(`--heads ${file}: expected a line of JSON per head, found none`);
  return heads;
}
