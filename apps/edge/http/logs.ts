import { randomBytes } from "node:crypto";
import type { Clock } from "../../../layers/core/clock.ts";
import { RefusedError } from "../../../layers/core/errors.ts";
import type { JsonLimits } from "../../../layers/core/json.ts";
import {
  type CheckedEntries,
  checkEntries,
  isLogExport,
  lineTypes,
  mediaTypeOf,
  readInputs,
  refuseNone,
  resultOf,
} from "../../../layers/core/log-batch.ts";
import { LOG_LIMITS, type SentEntry } from "../../../layers/core/log-entry.ts";
import { readOtlpLogs } from "../../../layers/core/otlp/logs.ts";
import { exportResultOf } from "../../../layers/core/otlp/rejection.ts";
import { refuseProtobufType } from "../../../layers/core/otlp/status.ts";
import type { Sink } from "../entries.ts";
import { encodeLog } from "../lanes.ts";
import type { Reply } from "./reply.ts";

/** Under our names, and with its id, an entry is a little larger, and lies deeper: the platform must take that, too. */
const MAX_RECORD_BYTES = LOG_LIMITS.entryBytes - 64;
const limits: JsonLimits = { maxBytes: LOG_LIMITS.entryBytes - 1_024, maxDepth: LOG_LIMITS.entryDepth - 1 };

export interface Incoming {
  raw: Buffer;
  contentType: string | undefined;
}

export type IngestLogs = (incoming: Incoming) => Promise<Reply>;

export function createIngestLogs(sink: Sink<Buffer>, clock: Clock): IngestLogs {
  const newUid = uidSource();

  return async ({ raw, contentType }) => {
    refuseProtobufType(contentType);
    expectJson(contentType, lineTypes);
    const inputs = readInputs(raw, contentType);
    const now = clock.now();
    if (!isLogExport(inputs)) {
      const { records, checked } = encoded(checkEntries(inputs, { now, limits }), newUid);
      await sink.append(records);
      return { status: 202, body: resultOf(checked) };
    }
    const { entries, rejected } = readOtlpLogs(inputs[0], now);
    const records = entries.map((entry) => encodeLog(entry, newUid));
    const fitting = records.filter(({ length }) => length <= MAX_RECORD_BYTES);
    rejected.count += records.length - fitting.length;
    if (fitting.length < records.length) rejected.faults.push({ path: "", message: TOO_LARGE });
    await sink.append(fitting);
    return { status: 200, body: exportResultOf(rejected, "rejectedLogRecords") };
  };
}

const TOO_LARGE = `larger than ${MAX_RECORD_BYTES} bytes`;

/** @throws {RefusedError} 400: none is any good */
function encoded(checked: CheckedEntries, newUid: () => string) {
  const records = checked.entries.map((entry) => encodeLog(entry, newUid));
  if (records.every(({ length }) => length <= MAX_RECORD_BYTES)) return { records, checked };
  const faults = [...checked.faults];
  const kept = records.filter((record, i) => {
    if (record.length <= MAX_RECORD_BYTES) return true;
    faults.push({ index: checked.indexes[i], path: "", message: TOO_LARGE });
    return false;
  });
  const entries: SentEntry[] = checked.entries.filter(
    (_, i) => (records[i]?.length ?? 0) <= MAX_RECORD_BYTES,
  );
  const rest = { ...checked, entries, faults };
  refuseNone(rest);
  return { records: kept, checked: rest };
}

/** What curl sends unless told otherwise; the body decides. */
const CURL = "application/x-www-form-urlencoded";

/** @throws {RefusedError} 415 */
export function expectJson(contentType: string | undefined, others: readonly string[] = []): void {
  const type = mediaTypeOf(contentType);
  const isKnown = type === "" || type === "application/json" || type === CURL || type.endsWith("+json");
  if (isKnown || others.includes(type)) return;
  throw new RefusedError(415, `expected content type application/json, got ${type}`);
}

/** Ids that no other run of any agent makes: 96 random bits of this run, and a number. */
function uidSource(): () => string {
  const run = randomBytes(12).toString("base64url");
  let count = 0;
  return () => `${run}-${(count++).toString(36)}`;
}
