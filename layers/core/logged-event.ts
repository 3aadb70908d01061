import { describe, type Event, timeOf } from "./envelope.ts";
import { PermanentError } from "./errors.ts";
import { acceptedLimits, checkEntry, LOG_LIMITS, type SentEntry } from "./log-entry.ts";
import { isObject, valueAt, without } from "./log-fields.ts";
import { type LogLevel, levelOf } from "./log-level.ts";

/** Where events about errors and alerts write what there is to read: see `payloads.ts`. */
const messagePaths = ["message", "error.message", "title", "description", "reason", "detail"] as const;
const stackPaths = ["stack_trace", "stack", "error.stack_trace", "error.stack"] as const;

/**
 * The log entry that an event is. A `log.*` event is one that the application published itself, with the entry as
 * its data; any other is news of an error, an alert or an edge agent, and its source is the service.
 *
 * @throws {PermanentError} `undecodable`: a `log.*` event whose data are no entry
 */
export function entryOfEvent(event: Event): SentEntry {
  return event.type.startsWith("log.") ? publishedEntry(event) : newsEntry(event);
}

function publishedEntry(event: Event): SentEntry {
  const { type, source, data, correlation_id } = event;
  const { entry, faults } = checkEntry(isObject(data) ? data : textIn(data), {
    path: "data",
    limits: acceptedLimits,
    defaults: {
      time: timeOf(event),
      service: source.slice(0, LOG_LIMITS.fieldLength),
      level: levelOf(type.slice(type.lastIndexOf(".") + 1)),
      message: type,
      correlationId: correlation_id,
    },
  });
  if (entry) return entry;
  throw new PermanentError(`not a valid ${type}: ${describe(faults)}`, { code: "undecodable" });
}

/** Data may be any JSON, or none. */
function textIn(data: unknown): object {
  if (data === undefined || data === null) return {};
  return { message: data };
}

/** Nothing in it can be at fault: where it has no message, its type says what happened. */
function newsEntry(event: Event): SentEntry {
  const { id, type, source, subject, correlation_id } = event;
  const data = isObject(event.data) ? event.data : {};
  const message = pathOfText(data, messagePaths);
  const stack = pathOfText(data, stackPaths);
  const about = { event_id: id, event_type: type, ...(subject === undefined ? {} : { subject }) };
  const entry: SentEntry = {
    time: timeOf(event),
    service: source.slice(0, LOG_LIMITS.fieldLength),
    level: newsLevel(type, data),
    message: message === undefined ? type : String(valueAt(data, message)),
    correlationId: correlation_id,
    attributes: { ...(stack === undefined ? data : without(data, stack)), ...about },
  };
  if (stack !== undefined) entry.stack = String(valueAt(data, stack));
  return entry;
}

/** Of an alert its severity; that it is over is no error. */
function newsLevel(type: string, { severity }: Record<string, unknown>): LogLevel {
  if (type === "alert.resolved") return "info";
  const known = typeof severity === "string" && !type.startsWith("api.") ? levelOf(severity) : undefined;
  return known ?? "error";
}

function pathOfText(data: Record<string, unknown>, paths: readonly string[]): string | undefined {
  return paths.find((path) => {
    const value = valueAt(data, path);
    return typeof value === "string" && value !== "";
  });
}
