import * as z from "zod";
import { type Event, faultsOf } from "./envelope.ts";
import { RefusedError } from "./errors.ts";
import { severities } from "./paging.ts";

/**
 * THE table of payloads: for each known type its exchange and its fields, with the names that mean the same.
 * Fields that are not listed pass unread. A type that is not listed is free-form and goes by its prefix.
 */

export type TopicExchange =
  | "models.events"
  | "metrics.events"
  | "errors.events"
  | "logs.events"
  | "domain.events";

export interface Field {
  schema: z.ZodType;
  required?: true;
  /** Other places where senders write it: a path within `data`, or `@name` for an attribute of the envelope. */
  also?: readonly string[];
}

export interface PayloadRow {
  type: string;
  exchange: TopicExchange;
  summary: string;
  fields: Readonly<Record<string, Field>>;
}

const text = z.string().min(1).max(1_024);
const duration = z.number().nonnegative();

const model = { schema: text, required: true, also: ["model", "id", "@subject"] } as const;
const vendor = { schema: text, also: ["vendor_id"] } as const;
const tier = { schema: text, also: ["capability_tier"] } as const;
const endpoint = { schema: text, also: ["path", "metadata.endpoint"] } as const;
const status = {
  schema: z.number().int().min(100).max(599),
  also: ["status_code", "response_code", "metadata.response_code"],
} as const;
const durationMs = {
  schema: duration,
  also: ["metadata.request_duration_ms", "request_duration_ms"],
} as const;
const cacheHit = { schema: z.boolean(), also: ["metadata.cache_hit"] } as const;

const required = { schema: text, required: true } as const;
const level = { schema: z.enum(severities) };
const alert = {
  alert_id: required,
  rule_id: { schema: text },
  device_id: { schema: text },
  metric_name: { schema: text },
  level,
  rule_name: { schema: text },
  current_value: { schema: z.number() },
  threshold_value: { schema: z.number() },
  silenced: { schema: z.boolean() },
} as const;
const alertRule = {
  rule_id: required,
  name: { schema: text },
  metric_name: { schema: text },
  level,
} as const;
const count = { schema: z.int().nonnegative() } as const;
const edge = { device_id: { schema: text }, severity: { schema: text } } as const;
const device = {
  device_id: { schema: text, required: true, also: ["id", "@subject"] },
  name: { schema: text, also: ["device_name"] },
  device_type: { schema: text, also: ["type"] },
  groups: { schema: z.array(text).max(100), also: ["device_groups"] },
} as const;

export const payloads: readonly PayloadRow[] = [
  {
    type: "model.registered",
    exchange: "models.events",
    summary: "A model was added to the registry",
    fields: { model_id: model, vendor: { ...vendor, required: true }, tier },
  },
  {
    type: "model.updated",
    exchange: "models.events",
    summary: "A model's record changed",
    fields: { model_id: model, vendor, tier },
  },
  {
    type: "model.deactivated",
    exchange: "models.events",
    summary: "A model was taken out of service",
    fields: { model_id: model, vendor, tier },
  },
  {
    type: "model.queried",
    exchange: "models.events",
    summary: "A model was looked up",
    fields: { model_id: model, vendor, tier, endpoint, status, duration_ms: durationMs, cache_hit: cacheHit },
  },
  {
    type: "filter.executed",
    exchange: "models.events",
    summary: "A filter over the models was run",
    fields: { endpoint, status, duration_ms: durationMs, cache_hit: cacheHit, vendor, tier },
  },
  {
    type: "api.latency",
    exchange: "metrics.events",
    summary: "An API call and how long it took",
    fields: { duration_ms: { ...durationMs, required: true }, endpoint, status, method: { schema: text } },
  },
  {
    type: "metric.defined",
    exchange: "metrics.events",
    summary: "A metric was defined",
    fields: {
      metric_id: required,
      name: required,
      data_type: required,
      metric_type: { schema: text },
      retention_days: { schema: z.int() },
    },
  },
  {
    type: "api.error",
    exchange: "errors.events",
    summary: "An API call that failed",
    fields: {
      message: { schema: z.string().min(1), required: true, also: ["error.message"] },
      error_type: { schema: text, also: ["error.type"] },
      stack_trace: { schema: z.string(), also: ["error.stack_trace", "error.stack"] },
      endpoint,
      status,
      duration_ms: durationMs,
    },
  },
  {
    type: "alert.triggered",
    exchange: "errors.events",
    summary: "A rule held for a device",
    fields: alert,
  },
  {
    type: "alert.acknowledged",
    exchange: "errors.events",
    summary: "Somebody has taken on an alert",
    fields: alert,
  },
  {
    type: "alert.resolved",
    exchange: "errors.events",
    summary: "An alert is over",
    fields: alert,
  },
  {
    type: "alert.rule.created",
    exchange: "errors.events",
    summary: "A rule for alerts was made",
    fields: alertRule,
  },
  {
    type: "alert.rule.updated",
    exchange: "errors.events",
    summary: "A rule for alerts was changed, or turned on or off",
    fields: alertRule,
  },
  {
    type: "alert.rule.deleted",
    exchange: "errors.events",
    summary: "A rule for alerts was deleted",
    fields: alertRule,
  },
  {
    type: "edge.disk.low",
    exchange: "errors.events",
    summary: "Where an edge agent keeps what waits, the disk is filling up",
    fields: { ...edge, path: { schema: text }, used_percent: { schema: z.number() }, free_bytes: count },
  },
  {
    type: "edge.data.dropped",
    exchange: "errors.events",
    summary: "An edge agent has dropped entries that the platform did not get",
    fields: { ...edge, buffer: { schema: text }, reason: { schema: text }, count, bytes: count },
  },
  {
    type: "device.registered",
    exchange: "domain.events",
    summary: "A device was added to the registry of devices",
    fields: device,
  },
  {
    type: "device.updated",
    exchange: "domain.events",
    summary: "What is said of a device changed",
    fields: device,
  },
  {
    type: "device.deleted",
    exchange: "domain.events",
    summary: "A device was deleted: what is kept of it goes",
    fields: { device_id: device.device_id },
  },
  {
    type: "user.deleted",
    exchange: "domain.events",
    summary: "A user was deleted: whatever acts in the user's name ends",
    fields: { user_id: { schema: text, required: true, also: ["id", "@subject"] } },
  },
];

/** Prefixes of one word and a dot. */
export const exchangeByPrefix: readonly (readonly [prefix: string, exchange: TopicExchange])[] = [
  ["model.", "models.events"],
  ["filter.", "models.events"],
  ["telemetry.", "metrics.events"],
  ["metric.", "metrics.events"],
  ["alert.", "errors.events"],
  ["edge.", "errors.events"],
  ["log.", "logs.events"],
];

/** Types that only the platform itself publishes; from outside they need the scope `internal`. */
const platformPrefixes = ["telemetry.", "alert.", "metric.", "device.", "user."] as const;

const rowByType = new Map(payloads.map((row) => [row.type, row]));

export function exchangeOf(type: string): TopicExchange {
  const row = rowByType.get(type);
  return (
    row?.exchange ?? exchangeByPrefix.find(([prefix]) => type.startsWith(prefix))?.[1] ?? "domain.events"
  );
}

export const isPlatformType = (type: string): boolean =>
  platformPrefixes.some((prefix) => type.startsWith(prefix));

/** A payload under its canonical names; what the table does not list is not in it. */
export type Payload = Readonly<Record<string, unknown>>;

/**
 * Reads an event's payload by the table. A type without a row has nothing to read.
 *
 * @throws {RefusedError} 400, naming each field that is missing or of the wrong type.
 */
export function readPayload(event: Event): Payload {
  const row = rowByType.get(event.type);
  if (!row) return {};
  const payload: Record<string, unknown> = {};
  const faults = Object.entries(row.fields).flatMap(([name, field]) => {
    const found = find(event, [name, ...(field.also ?? [])]);
    if (!found) return field.required ? [{ path: `data.${name}`, message: "required" }] : [];
    const parsed = field.schema.safeParse(found.value);
    if (!parsed.success) return faultsOf(parsed.error, found.path);
    payload[name] = parsed.data;
    return [];
  });
  if (faults.length > 0) {
    const list = faults.map(({ path, message }) => `${path}: ${message}`).join("; ");
    throw new RefusedError(400, `not a valid ${event.type}: ${list}`, faults);
  }
  return payload;
}

function find(event: Event, names: readonly string[]): { value: unknown; path: string } | undefined {
  for (const name of names) {
    const value = name.startsWith("@") ? event[name.slice(1)] : at(event.data, name);
    if (value !== undefined && value !== null) {
      return { value, path: name.startsWith("@") ? name.slice(1) : `data.${name}` };
    }
  }
  return undefined;
}

function at(data: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key];
  }, data);
}
