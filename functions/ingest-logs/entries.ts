import { describe } from "../../layers/core/envelope.ts";
import { type Fault, RefusedError } from "../../layers/core/errors.ts";
import { checkEntry, type SentEntry } from "../../layers/core/log-entry.ts";
import { microsOf } from "../../layers/core/time.ts";
import type { Request } from "../../layers/lambda/operation.ts";
import { parseJson } from "../../layers/lambda/request.ts";
import { logRetentionDefaults } from "../../layers/storage/logs/retention.ts";
import { type LogsResult, lineTypes, MAX_ENTRIES } from "./schema.ts";

export const RETENTION_DAYS = logRetentionDefaults.logRetentionDays;

/** The good entries of a request, where they stood in it, and what is wrong with the others. */
export interface CheckedEntries {
  entries: SentEntry[];
  indexes: number[];
  faults: LogsResult["errors"];
  total: number;
}

/**
 * What a request without OTLP's wrapping holds: one entry, a list, or an entry per line. A line that is no JSON is
 * an entry that is refused.
 *
 * @throws {RefusedError} 400
 */
export function readInputs({ raw, headers }: Pick<Request, "raw" | "headers">): unknown[] {
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!lineTypes.includes(type)) {
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

/** @throws {RefusedError} 400: none, too many, or none that is any good */
export function checkEntries(inputs: readonly unknown[], now: number): CheckedEntries {
  if (inputs.length === 0) throw malformed("expected at least one log entry");
  if (inputs.length > MAX_ENTRIES) {
    throw malformed(`expected at most ${MAX_ENTRIES} log entries, got ${inputs.length}`);
  }
  const checked: CheckedEntries = { entries: [], indexes: [], faults: [], total: inputs.length };
  inputs.forEach((input, index) => {
    const path = inputs.length === 1 ? "" : `[${index}]`;
    const defaults = { time: microsOf(now) };
    const { entry, faults } = checkEntry(input, { path, now, defaults, retentionDays: RETENTION_DAYS });
    if (!entry) {
      checked.faults.push(...faults.map((fault) => ({ index, ...fault })));
      return;
    }
    checked.entries.push(entry);
    checked.indexes.push(index);
  });
  if (checked.entries.length > 0) return checked;
  throw new RefusedError(
    400,
    `every log entry was refused: ${describe(checked.faults.slice(0, 3))}`,
    checked.faults,
  );
}

function malformed(message: string): RefusedError {
  const fault: Fault = { path: "", message };
  return new RefusedError(400, message, [fault]);
}

/** As many as an answer has room for. */
const MAX_ERRORS = 1_000;

export function resultOf({ entries, faults, total }: CheckedEntries): LogsResult {
  return {
    success: entries.length === total,
    ingested_count: entries.length,
    failed_count: total - entries.length,
    total_count: total,
    errors: faults.slice(0, MAX_ERRORS),
  };
}
