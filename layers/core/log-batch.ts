import { describe } from "./envelope.ts";
import { type Fault, RefusedError } from "./errors.ts";
import { type JsonLimits, parseJson } from "./json.ts";
import { checkEntry, type SentEntry } from "./log-entry.ts";
import { isObject } from "./log-fields.ts";
import { microsOf } from "./time.ts";

/** A request holds no more of them. */
export const MAX_ENTRIES = 10_000;

/** An entry per line. */
export const lineTypes: readonly string[] = [
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
];

/** What is wrong with an item of a request, and with which. */
export interface ItemFault extends Fault {
  index?: number | undefined;
}

/** What became of the items of a request: what the answer says. */
export interface BatchResult {
  success: boolean;
  ingested_count: number;
  failed_count: number;
  total_count: number;
  errors: ItemFault[];
}

/** The good entries of a request, where they stood in it, and what is wrong with the others. */
export interface CheckedEntries {
  entries: SentEntry[];
  indexes: number[];
  faults: ItemFault[];
  total: number;
}

export interface EntriesContext {
  /** Milliseconds since the Unix epoch. */
  now: number;
  /** Left out, no entry is too old. */
  retentionDays?: number;
  /** @default those of LOG_LIMITS */
  limits?: JsonLimits;
}

/** Without its parameters, in lower case. */
export const mediaTypeOf = (contentType: string | undefined): string =>
  contentType?.split(";")[0]?.trim().toLowerCase() ?? "";

/**
 * What a request without OTLP's wrapping holds: one entry, a list, or an entry per line. A line that is no JSON is
 * an entry that is refused.
 *
 * @throws {RefusedError} 400
 */
export function readInputs(raw: Buffer, contentType: string | undefined): unknown[] {
  if (!lineTypes.includes(mediaTypeOf(contentType))) {
    const body = parseJson(raw);
    return Array.isArray(body) ? body : [body];
  }
  const lines = raw
    .toString("utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines.map(parseLine);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}

/** Whether these inputs are OTLP's. An export may hold nothing at all; a plain entry never does. */
export function isLogExport(inputs: readonly unknown[]): boolean {
  const [body] = inputs;
  return inputs.length === 1 && isObject(body) && ("resourceLogs" in body || Object.keys(body).length === 0);
}

/** @throws {RefusedError} 400: none, too many, or none that is any good */
export function checkEntries(
  inputs: readonly unknown[],
  { now, retentionDays, limits }: EntriesContext,
): CheckedEntries {
  if (inputs.length === 0) throw malformed("expected at least one log entry");
  if (inputs.length > MAX_ENTRIES) {
    throw malformed(`expected at most ${MAX_ENTRIES} log entries, got ${inputs.length}`);
  }
  const checked: CheckedEntries = { entries: [], indexes: [], faults: [], total: inputs.length };
  const defaults = { time: microsOf(now) };
  inputs.forEach((input, index) => {
    const path = inputs.length === 1 ? "" : `[${index}]`;
    const { entry, faults } = checkEntry(input, { path, now, defaults, retentionDays, limits });
    if (!entry) {
      checked.faults.push(...faults.map((fault) => ({ index, ...fault })));
      return;
    }
    checked.entries.push(entry);
    checked.indexes.push(index);
  });
  refuseNone(checked);
  return checked;
}

/** @throws {RefusedError} 400: none is any good */
export function refuseNone({ entries, faults }: CheckedEntries): void {
  if (entries.length > 0) return;
  throw new RefusedError(400, `every log entry was refused: ${describe(faults.slice(0, 3))}`, faults);
}

function malformed(message: string): RefusedError {
  const fault: Fault = { path: "", message };
  return new RefusedError(400, message, [fault]);
}

/** As many as an answer has room for. */
const MAX_ERRORS = 1_000;

export function resultOf({ entries, faults, total }: CheckedEntries): BatchResult {
  return {
    success: entries.length === total,
    ingested_count: entries.length,
    failed_count: total - entries.length,
    total_count: total,
    errors: faults.slice(0, MAX_ERRORS),
  };
}
