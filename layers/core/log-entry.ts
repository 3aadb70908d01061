import type { Fault } from "./errors.ts";
import { faultInJson, type JsonLimits } from "./json.ts";
import { type FieldName, type Fields, fieldNames, isObject, takeFields } from "./log-fields.ts";
import { type LogLevel, levelOf } from "./log-level.ts";
import { MICROS_PER_DAY, MICROS_PER_SECOND, type Micros, microsOf, parseTime } from "./time.ts";

export const LOG_LIMITS = {
  /** Of an entry written as JSON. */
  entryBytes: 128 * 1_024,
  entryDepth: 32,
  /** Of every field but the message and the stack. */
  fieldLength: 256,
  minutesAhead: 15,
} as const;

export interface LogEntry {
  /** Two entries with one id are the same entry. */
  id: string;
  time: Micros;
  acceptedAt: Micros;
  service: string;
  level: LogLevel;
  message: string;
  correlationId?: string;
  traceId?: string;
  spanId?: string;
  host?: string;
  stack?: string;
  /** Whatever else was sent. */
  attributes: Readonly<Record<string, unknown>>;
}

/** An entry as it was sent, checked, under our names. */
export interface SentEntry extends Omit<LogEntry, "id" | "acceptedAt"> {
  /** OpenTelemetry's `log.record.uid`: entries that share one are the same entry, whatever carried them. */
  uid?: string;
}

export interface EntryContext {
  /** Where the entry stands in the request: `[3]`. Empty for the whole body. */
  path: string;
  /** What holds where the sender says nothing. Without a default, service and message are required. */
  defaults: Partial<Pick<SentEntry, "service" | "level" | "message" | "correlationId">> & { time: Micros };
  /** Milliseconds since the Unix epoch: a time far ahead of it is refused. Left out, none is. */
  now?: number;
  /** With `now`: an older entry would have expired already, and is refused. */
  retentionDays?: number;
  /** @default those of LOG_LIMITS */
  limits?: JsonLimits;
}

const usualLimits: JsonLimits = { maxBytes: LOG_LIMITS.entryBytes, maxDepth: LOG_LIMITS.entryDepth };

/** For what was let in already: under our names it may be a little larger, and lies deeper. */
export const acceptedLimits: JsonLimits = {
  maxBytes: 2 * LOG_LIMITS.entryBytes,
  maxDepth: LOG_LIMITS.entryDepth + 4,
};

export type CheckedEntry = { entry: SentEntry; faults?: undefined } | { entry?: undefined; faults: Fault[] };

/** Reads an entry in whatever spelling. A level that no logger writes is kept as an attribute: it loses nothing. */
export function checkEntry(input: unknown, context: EntryContext): CheckedEntry {
  const { path, defaults, limits = usualLimits } = context;
  const unsound = isObject(input) ? faultInJson(input, limits) : "expected a log entry, a JSON object";
  if (unsound !== undefined || !isObject(input)) return { faults: [{ path, message: unsound ?? "" }] };
  const { fields, rest } = takeFields(input);
  const faults = faultsIn(fields, rest, context);
  if (faults.length === 0) return { entry: entryOf(fields, rest, defaults) };
  return { faults: faults.map((fault) => ({ ...fault, path: under(path, fault.path) })) };
}

/** Of fields without a fault: what is required is there, or has a default. */
function entryOf(
  fields: Fields,
  rest: Record<string, unknown>,
  defaults: EntryContext["defaults"],
): SentEntry {
  const text = (field: FieldName): string | undefined =>
    fields[field] === undefined || fields[field].value === "" ? undefined : String(fields[field].value);
  const level = fields.level && levelOf(fields.level.value);
  const entry: SentEntry = {
    time: (fields.time && timeOf(fields.time.value)) ?? defaults.time,
    service: text("service") ?? defaults.service ?? "",
    level: level ?? defaults.level ?? "info",
    message: messageOf(fields, rest) ?? defaults.message ?? "",
    attributes: attributesOf(rest, level ? undefined : fields.level?.value),
  };
  const correlationId = text("correlationId") ?? defaults.correlationId;
  if (correlationId !== undefined) entry.correlationId = correlationId;
  for (const name of ["traceId", "spanId", "host", "stack", "uid"] as const) {
    const value = text(name);
    if (value !== undefined) entry[name] = value;
  }
  return entry;
}

const under = (root: string, path: string): string => (root && path ? `${root}.${path}` : root || path);

function faultsIn(fields: Fields, rest: Record<string, unknown>, context: EntryContext): Fault[] {
  const faults: Fault[] = [...faultsInShape(fields, rest), ...faultsInLength(fields)];
  const { defaults } = context;
  if (fields.time) {
    const message = faultInTime(timeOf(fields.time.value), context);
    if (message) faults.push({ path: fields.time.path, message });
  }
  const isMissing = {
    service: !fields.service?.value && !defaults.service,
    message: messageOf(fields, rest) === undefined && defaults.message === undefined,
  };
  for (const [path, missing] of Object.entries(isMissing)) {
    if (missing && !faults.some((fault) => fault.path === path)) faults.push({ path, message: "required" });
  }
  return faults;
}

const mustBeText: readonly FieldName[] = ["time", "level", "service", "correlationId"];

/** What stands under our own name and was not taken is of no use there. */
function faultsInShape(fields: Fields, rest: Record<string, unknown>): Fault[] {
  return mustBeText.flatMap((field) => {
    const [path] = fieldNames[field];
    const strange = fields[field] === undefined && rest[path] !== undefined && rest[path] !== null;
    return strange ? [{ path, message: "expected text" }] : [];
  });
}

function faultsInLength(fields: Fields): Fault[] {
  const limit = LOG_LIMITS.fieldLength;
  return Object.entries(fields).flatMap(([name, { value, path }]) =>
    name !== "message" && name !== "stack" && String(value).length > limit
      ? [{ path, message: `longer than ${limit} characters` }]
      : [],
  );
}

function faultInTime(time: Micros | undefined, { now, retentionDays }: EntryContext): string | undefined {
  if (time === undefined) return "expected an RFC 3339 time with an offset, or a Unix time";
  if (now === undefined) return undefined;
  if (time > microsOf(now) + LOG_LIMITS.minutesAhead * 60 * MICROS_PER_SECOND) {
    return `more than ${LOG_LIMITS.minutesAhead} minutes ahead of the server's clock`;
  }
  if (retentionDays === undefined || time >= microsOf(now) - retentionDays * MICROS_PER_DAY) return undefined;
  return `older than the retention of ${retentionDays} days`;
}

/** Unix times in seconds, milliseconds, microseconds or nanoseconds, told apart by their size, and RFC 3339. */
function timeOf(written: string | number): Micros | undefined {
  if (typeof written === "string" && !/^\d+(\.\d+)?$/.test(written)) return parseTime(written);
  const number = Number(written);
  if (!(number > 0)) return undefined;
  const unit = unixUnits.find(({ below }) => number < below);
  return unit && Math.round(number * unit.micros);
}

/** Each is good for the years 1973 to 5138. */
const unixUnits = [
  { below: 1e11, micros: MICROS_PER_SECOND },
  { below: 1e14, micros: 1_000 },
  { below: 1e17, micros: 1 },
  { below: 1e20, micros: 1e-3 },
] as const;

/** A logger that was handed an object for a message meant to write it. */
function messageOf(fields: Fields, { message }: Record<string, unknown>): string | undefined {
  if (fields.message) return String(fields.message.value);
  return message === undefined || message === null ? undefined : JSON.stringify(message);
}

function attributesOf(
  { message: _, attributes, ...rest }: Record<string, unknown>,
  unknownLevel: string | number | undefined,
): Record<string, unknown> {
  const given = isObject(attributes) ? attributes : attributes === undefined ? {} : { attributes };
  const level = unknownLevel === undefined ? {} : { level: unknownLevel };
  return { ...given, ...level, ...rest };
}
