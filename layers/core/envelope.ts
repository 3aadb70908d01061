import * as z from "zod";
import { type Fault, PermanentError, RefusedError } from "./errors.ts";
import { newEventId } from "./ids.ts";
import { faultInJson, isDeeperThan } from "./json.ts";
import { formatTime, type Micros, microsOf, parseTime } from "./time.ts";

/** CloudEvents 1.0 in structured JSON, with `correlation_id` written as the bus specification writes it. */
export interface Event extends Envelope {
  data?: unknown;
  data_base64?: string;
}

/** An event without its data. */
export interface Envelope {
  specversion: "1.0";
  /** Unique within `source`: the two together are the event's identity. */
  id: string;
  source: string;
  type: string;
  /** RFC 3339. */
  time: string;
  correlation_id: string;
  datacontenttype?: string;
  /** CloudEvents extensions: kept and passed on. */
  [extension: string]: unknown;
}

export const EVENT_LIMITS = {
  /** Of the data. */
  maxBytes: 256 * 1_024,
  maxDepth: 64,
  /** Of an extension attribute. */
  maxAttribute: 8_192,
} as const;

/** Letters, digits, `_ - : /` in words between dots: what may safely become a routing key. */
const TYPE = /^[A-Za-z0-9_:/-]+(\.[A-Za-z0-9_:/-]+)*$/;
const ATTRIBUTE_NAME = /^[a-z0-9]+$/;

const text = z
  .string()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  .regex(/^[^\u0000-\u001f\u007f]*$/, "holds a control character")
  .refine((value) => value.isWellFormed(), "holds half of a surrogate pair");
const line = (max: number) => text.min(1).max(max);

/** AMQP mirrors it in a property, and those hold 255 bytes (AMQP 0-9-1, `shortstr`). */
const property = line(255).refine((value) => Buffer.byteLength(value) <= 255, "longer than 255 bytes");

export const eventSchema = z
  .object({
    specversion: z.literal("1.0"),
    id: property,
    source: line(1_024).regex(/^\S+$/, "expected a URI reference without spaces"),
    type: line(200).regex(TYPE, "expected words of letters, digits, _, -, : or / between dots"),
    time: z
      .string()
      .refine((text) => parseTime(text) !== undefined, "expected an RFC 3339 time with an offset"),
    correlation_id: property,
    datacontenttype: property.optional(),
    dataschema: line(1_024).optional(),
    subject: line(1_024).optional(),
    data: z.unknown().optional(),
    data_base64: z.base64().max(EVENT_LIMITS.maxBytes).optional(),
  })
  .catchall(
    z.union(
      [text.max(EVENT_LIMITS.maxAttribute), z.boolean(), z.int32()],
      "expected text, true, false or a whole number of 32 bits",
    ),
  );

export interface Door {
  /** Milliseconds since the Unix epoch: becomes `time` where the sender gave none. */
  now: number;
  /** Becomes `correlation_id` where the sender gave none. */
  correlationId?: string;
}

/**
 * Checks what came in and makes it whole: `correlationid` means `correlation_id`, nulls mean absent, and a
 * missing time or correlation id is assigned. Everything else that is wrong is refused by name.
 *
 * @throws {RefusedError} 400, with a fault per attribute.
 */
export function acceptEvent(input: unknown, door: Door): Event {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new RefusedError(400, "expected a CloudEvent, a JSON object", [
      { path: "", message: "not an object" },
    ]);
  }
  const { correlationid, ...given } = withoutNulls(input);
  const event = {
    ...given,
    time: given.time ?? formatTime(microsOf(door.now)),
    correlation_id: given.correlation_id ?? correlationid ?? door.correlationId ?? newEventId(),
  };
  const parsed = eventSchema.safeParse(event);
  const faults = [...(parsed.success ? [] : faultsOf(parsed.error)), ...faultsInAttributes(event)];
  if (!parsed.success || faults.length > 0) {
    throw new RefusedError(400, `not a valid CloudEvent: ${describe(faults)}`, faults);
  }
  return parsed.data as Event;
}

/**
 * Reads an event from a message's body.
 *
 * @throws {PermanentError} `undecodable`: it will never be an event.
 */
export function decodeEvent(body: Buffer): Event {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString("utf8"));
  } catch (cause) {
    throw new PermanentError("expected JSON in the message body", { code: "undecodable", cause });
  }
  const result = eventSchema.safeParse(parsed);
  const faults = result.success ? faultsInDepth(result.data.data) : faultsOf(result.error);
  if (result.success && faults.length === 0) return result.data as Event;
  throw new PermanentError(`not a valid CloudEvent: ${describe(faults)}`, { code: "undecodable" });
}

/** What came past the door may be nested so deep that writing it as JSON again exhausts the stack. */
const faultsInDepth = (data: unknown): Fault[] =>
  isDeeperThan(data, EVENT_LIMITS.maxDepth)
    ? [{ path: "data", message: `nested deeper than ${EVENT_LIMITS.maxDepth} levels` }]
    : [];

/** (source, id) as one string; `source` holds no space, so that no two pairs are written alike. */
export const identityOf = (event: Pick<Event, "source" | "id">): string => `${event.source} ${event.id}`;

export function timeOf(event: Pick<Event, "time">): Micros {
  const time = parseTime(event.time);
  if (time === undefined) {
    throw new PermanentError(`expected an RFC 3339 time, got ${event.time}`, { code: "undecodable" });
  }
  return time;
}

/** zod's issues as faults, the path written as in JavaScript: `data_points[3].timestamp`. */
export function faultsOf(error: z.ZodError, root = ""): Fault[] {
  return error.issues.flatMap((issue) => {
    const unknownKeys = issue.code === "unrecognized_keys" ? issue.keys : [];
    if (unknownKeys.length > 0) {
      return unknownKeys.map((key) => ({
        path: pathOf(root, [...issue.path, key]),
        message: "unknown field",
      }));
    }
    const isMissing = issue.path.length > 0 && issue.code === "invalid_type" && NOT_THERE.test(issue.message);
    return [{ path: pathOf(root, issue.path), message: isMissing ? "required" : issue.message }];
  });
}

/** An issue does not say what it found but in zod's own words. */
const NOT_THERE = /, received undefined$/;

export function describe(faults: readonly Fault[]): string {
  return faults.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("; ");
}

function pathOf(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text ? `${text}.${String(key)}` : String(key);
  }, root);
}

function withoutNulls(input: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([key, value]) => value !== null || key === "data"));
}

const WRITTEN_WITH_UNDERSCORE = new Set(["correlation_id", "data_base64"]);

function faultsInAttributes(event: Record<string, unknown>): Fault[] {
  const faults: Fault[] = [];
  for (const name of Object.keys(event)) {
    if (!ATTRIBUTE_NAME.test(name) && !WRITTEN_WITH_UNDERSCORE.has(name)) {
      faults.push({ path: name, message: "attribute names are lower-case letters and digits" });
    }
  }
  if (event.data !== undefined && event.data_base64 !== undefined) {
    faults.push({ path: "data_base64", message: "not together with data" });
  }
  const fault = faultInJson(event.data ?? null, EVENT_LIMITS);
  if (fault) faults.push({ path: "data", message: fault });
  return faults;
}
