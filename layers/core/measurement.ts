import * as z from "zod";
import { faultsOf } from "./envelope.ts";
import type { Fault } from "./errors.ts";
import { faultInJson, isStorable, type Json, UNSTORABLE } from "./json.ts";
import type { MetricTerms } from "./known-metrics.ts";
import { RETENTION_DAYS } from "./retention.ts";
import { MICROS_PER_DAY, MICROS_PER_SECOND, type Micros, microsOf, parseTime } from "./time.ts";

export const POINT_LIMITS = {
  pointsPerBatch: 1_000,
  pointsPerBulk: 10_000,
  /** Of a value written as JSON; a point's tags and its metadata may be as large again, each. */
  valueBytes: 16 * 1_024,
  valueDepth: 32,
  minutesAhead: 15,
  defaultRetentionDays: RETENTION_DAYS.default,
} as const;

/** Number, text, boolean, JSON, geolocation (`{lat, lon}`) or binary (base64 text). Never null. */
export type Value = Exclude<Json, null>;

/** One measurement as it is stored. Its key is (time, device, metric); of two with one key the later wins. */
export interface Point {
  deviceId: string;
  metricName: string;
  time: Micros;
  value: Value;
  unit?: string;
  tags?: Readonly<Record<string, string>>;
  metadata?: Readonly<Record<string, Json>>;
}

/** When a point was accepted, so that of two with one key the later accepted wins, in whatever order they come. */
export interface Versioned {
  /** Accepted millisecond × 1,024 + index in the request. */
  version: number;
  /** Decides between equal versions: a hash of the identity of the event that carried the point. */
  tie: number;
}

export type StoredPoint = Point & Versioned;

export const versionOf = (acceptedMs: number, index: number): number => acceptedMs * 1_024 + index;

/** Of two points with one key. */
export const isNewer = (a: Versioned, b: Versioned): boolean =>
  a.version > b.version || (a.version === b.version && a.tie > b.tie);

export const deviceIdSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$/,
    "expected 1 to 128 letters, digits, or . _ : @ - and a letter or digit first",
  );

const NAME = "[A-Za-z_][A-Za-z0-9._:/-]{0,127}";
const LABEL = String.raw`[A-Za-z_][A-Za-z0-9_]*="(?:[^"\\\u0000-\u001f]|\\["\\])*"`;
const METRIC_NAME = new RegExp(`^${NAME}(?:\\{${LABEL}(?:,${LABEL})*\\})?$`);

export const metricNameSchema = z
  .string()
  .max(512)
  .regex(METRIC_NAME, 'expected a name such as cpu, sys/mem.free or cpu{core="0"}')
  .refine(isStorable, UNSTORABLE)
  .refine(labelsAreSorted, "expected labels in sorted order, each once");

const text = (max: number) => z.string().max(max).refine(isStorable, UNSTORABLE);
const tagsSchema = z
  .record(text(128), text(512))
  .refine((tags) => Object.keys(tags).length <= 64, "more than 64 tags");

/** A data point as devices send it. */
export const pointSchema = z.strictObject({
  timestamp: z.string(),
  metric_name: metricNameSchema,
  value: z
    .unknown()
    .refine((value) => value !== undefined && value !== null, "required: a number, text, boolean or JSON"),
  unit: text(64).nullish(),
  tags: tagsSchema.nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
});

export interface PointContext {
  deviceId: string;
  /** Milliseconds since the Unix epoch. */
  now: number;
  /** Where the point stands in the request: `data_points[3]`. Empty for the whole body. */
  path: string;
  /** What is defined: type, bounds and retention. @default nothing: every value will do, for 90 days */
  metrics?: MetricTerms;
}

export type CheckedPoint =
  | { point: Point; faults?: undefined }
  /** `impossible`: well-formed, but out of bounds (HTTP 422 where it is all there was; otherwise 400). */
  | { point?: undefined; faults: Fault[]; impossible: boolean };

/** Checks one point as a device sent it: the grammar first, then whether it can be. */
export function checkPoint(input: unknown, context: PointContext): CheckedPoint {
  const parsed = pointSchema.safeParse(input);
  if (!parsed.success) return { faults: faultsOf(parsed.error, context.path), impossible: false };
  const { timestamp, metric_name, value, unit, tags, metadata } = parsed.data;
  const time = parseTime(timestamp);
  const malformed =
    faultInValue(value, "value") ?? faultInValue(metadata ?? null, "metadata") ?? faultInTags(tags ?? {});
  if (time === undefined)
    return refuse(context, "timestamp", "expected an RFC 3339 time with an offset", false);
  if (malformed) return refuse(context, malformed.path, malformed.message, false);
  const late = faultInTime(time, metric_name, context);
  if (late) return refuse(context, "timestamp", late, true);
  const misfit = context.metrics?.faultIn(metric_name, value);
  if (misfit) return refuse(context, "value", misfit, true);
  const point: Point = { deviceId: context.deviceId, metricName: metric_name, time, value: value as Value };
  if (unit) point.unit = unit;
  if (tags && hasKeys(tags)) point.tags = tags;
  if (metadata && hasKeys(metadata)) point.metadata = metadata as Record<string, Json>;
  const large = faultInSize(point, context.metrics?.mostPointBytes);
  return large ? refuse(context, "value", large, false) : { point };
}

/** Some stores take less of a point than what each of its parts may have. */
function faultInSize(point: Point, most = Number.POSITIVE_INFINITY): string | undefined {
  if (most === Number.POSITIVE_INFINITY) return undefined;
  const { deviceId, metricName, time: _time, ...rest } = point;
  const bytes = Buffer.byteLength(deviceId + metricName + JSON.stringify(rest));
  return bytes > most ? `${bytes} bytes with names, tags and metadata: the store takes ${most}` : undefined;
}

function faultInValue(value: unknown, path: string): Fault | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return undefined;
  if (typeof value === "boolean" || value === null) return undefined;
  if (typeof value === "string" && value.length < 64 && isStorable(value)) return undefined;
  const message = faultInJson(value, {
    maxBytes: POINT_LIMITS.valueBytes,
    maxDepth: POINT_LIMITS.valueDepth,
  });
  return message ? { path, message } : undefined;
}

/** Weighs them only where they could be too large: JSON takes at most six bytes per UTF-16 unit. */
function faultInTags(tags: Record<string, string>): Fault | undefined {
  let units = 0;
  for (const key in tags) units += key.length + (tags[key]?.length ?? 0) + 1;
  return units * 6 <= POINT_LIMITS.valueBytes ? undefined : faultInValue(tags, "tags");
}

function faultInTime(time: Micros, metricName: string, { now, metrics }: PointContext): string | undefined {
  if (time > microsOf(now) + POINT_LIMITS.minutesAhead * 60 * MICROS_PER_SECOND) {
    return `more than ${POINT_LIMITS.minutesAhead} minutes ahead of the server's clock`;
  }
  const days = metrics?.retentionOf(metricName).days ?? RETENTION_DAYS.default;
  if (time < microsOf(now) - days * MICROS_PER_DAY) return `older than the retention of ${days} days`;
  return undefined;
}

function refuse(context: PointContext, field: string, message: string, impossible: boolean): CheckedPoint {
  return { faults: [{ path: context.path ? `${context.path}.${field}` : field, message }], impossible };
}

function hasKeys(record: object): boolean {
  for (const _ in record) return true;
  return false;
}

function labelsAreSorted(name: string): boolean {
  const at = name.indexOf("{");
  if (at < 0) return true;
  const labels = [...name.slice(at).matchAll(/([A-Za-z_][A-Za-z0-9_]*)="(?:[^"\\]|\\.)*"/g)].map(
    (match) => match[1] ?? "",
  );
  return labels.every((label, i) => i === 0 || (labels[i - 1] ?? "") < label);
}
