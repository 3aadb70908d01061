import * as z from "zod";
import { faultsOf } from "../envelope.ts";
import { type CheckedEntry, checkEntry, type SentEntry } from "../log-entry.ts";
import { levelOf, levelOfSeverity } from "../log-level.ts";
import { formatTime, microsOf } from "../time.ts";
import type { Rejected } from "./rejection.ts";
import { hostOf, serviceOf } from "./resource.ts";
import {
  type Attributes,
  attributesOf,
  count,
  faultInRecord,
  list,
  microsOfNanos,
  parseRequest,
  plainValue,
  resourceSchema,
  scopeSchema,
  text,
} from "./values.ts";

const requestSchema = z.object({
  resourceLogs: z
    .array(
      z.object({
        resource: resourceSchema,
        scopeLogs: z.array(z.object({ scope: scopeSchema, logRecords: list })).nullish(),
      }),
    )
    .nullish(),
});

const recordSchema = z.object({
  timeUnixNano: count,
  observedTimeUnixNano: count,
  severityNumber: z.number().nullish(),
  severityText: text,
  body: z.unknown(),
  attributes: list,
  traceId: text,
  spanId: text,
  eventName: text,
});
type LogRecord = z.infer<typeof recordSchema>;

export interface OtlpLogs {
  entries: SentEntry[];
  rejected: Rejected;
}

interface Origin {
  resource: Attributes;
  scope: string | undefined;
  now: number;
  retentionDays: number | undefined;
  path: string;
}

/**
 * The log records of an ExportLogsServiceRequest (OpenTelemetry's `logs/v1`) as entries; each stands or falls alone.
 *
 * @param now milliseconds since the Unix epoch
 * @param retentionDays older records are refused; left out, none is
 * @throws {RefusedError} 400: what holds the records is not in order
 */
export function readOtlpLogs(request: unknown, now: number, retentionDays?: number): OtlpLogs {
  const { resourceLogs } = parseRequest(requestSchema, request);
  const logs: OtlpLogs = { entries: [], rejected: { count: 0, faults: [] } };
  for (const [r, { resource: sent, scopeLogs }] of (resourceLogs ?? []).entries()) {
    const resource = attributesOf(sent?.attributes);
    for (const [s, { scope, logRecords }] of (scopeLogs ?? []).entries()) {
      for (const [i, record] of (logRecords ?? []).entries()) {
        const path = `resourceLogs[${r}].scopeLogs[${s}].logRecords[${i}]`;
        const origin = { resource, scope: scope?.name ?? undefined, now, retentionDays, path };
        const { entry, faults } = readRecord(record, origin);
        if (entry) logs.entries.push(entry);
        else {
          logs.rejected.count++;
          logs.rejected.faults.push(...faults);
        }
      }
    }
  }
  return logs;
}

function readRecord(input: unknown, origin: Origin): CheckedEntry {
  const unsound = faultInRecord(input);
  if (unsound) return { faults: [{ path: origin.path, message: unsound }] };
  const parsed = recordSchema.safeParse(input);
  if (!parsed.success) return { faults: faultsOf(parsed.error, origin.path) };
  const { now, retentionDays, path } = origin;
  const defaults = { time: microsOf(now) };
  return checkEntry(plainEntry(parsed.data, origin), { path, now, retentionDays, defaults });
}

/** A record as an application would write it that sends plain entries. */
function plainEntry(record: LogRecord, { resource, scope }: Origin): Record<string, unknown> {
  const { message, fields } = readBody(plainValue(record.body), record.eventName);
  const sent = { ...fields, ...attributesOf(record.attributes) };
  const time = microsOfNanos(record.timeUnixNano) ?? microsOfNanos(record.observedTimeUnixNano);
  const { correlation_id, correlationId, "exception.stacktrace": stack, ...others } = sent;
  const { "log.record.uid": uid, ...attributes } = others;
  const { "service.name": _, "host.name": __, ...described } = resource;
  return {
    timestamp: time && formatTime(time),
    level: levelOfRecord(record),
    service: serviceOf(resource),
    message,
    host: hostOf(resource),
    trace_id: idOf(record.traceId),
    span_id: idOf(record.spanId),
    correlation_id: correlation_id ?? correlationId,
    stack,
    "log.record.uid": uid,
    attributes: {
      ...attributes,
      ...(record.eventName ? { "event.name": record.eventName } : {}),
      ...(scope ? { "otel.scope.name": scope } : {}),
      ...(Object.keys(described).length > 0 ? { resource: described } : {}),
    },
  };
}

/** A structured body has its own words for the message; the rest of it are attributes. */
function readBody(body: unknown, eventName: string | null | undefined) {
  if (typeof body === "string") return { message: body, fields: {} };
  if (typeof body === "object" && body !== null && !Array.isArray(body)) {
    const { message, msg, ...fields } = body as Attributes;
    const words = message ?? msg;
    if (typeof words === "string") return { message: words, fields };
  }
  return { message: body === null ? (eventName ?? "") : JSON.stringify(body), fields: {} };
}

/** Zero is "not said", and so is what is no number of the model's. */
function levelOfRecord({ severityNumber, severityText }: LogRecord): string | undefined {
  const level = levelOfSeverity(severityNumber ?? 0);
  return level ?? (severityText ? (levelOf(severityText) ?? severityText) : undefined);
}

/** All zeros is an id that is none. */
const idOf = (hex: string | null | undefined): string | undefined =>
  hex && !/^0*$/.test(hex) ? hex.toLowerCase() : undefined;
