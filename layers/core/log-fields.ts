/**
 * Where loggers write what: 003's plain entry, winston, pino, bunyan, Powertools, Elastic's schema. A name with dots
 * is a field of that name or a path. The first one that holds text or a number counts; the first of all is ours.
 */
export const fieldNames = {
  time: ["timestamp", "@timestamp", "time", "ts"],
  level: ["level", "severity", "log.level", "lvl"],
  service: ["service", "service.name", "service_name", "app", "name"],
  message: ["message", "msg", "short_message"],
  correlationId: ["correlation_id", "correlationId", "correlation-id"],
  traceId: ["trace_id", "traceId", "trace.id"],
  spanId: ["span_id", "spanId", "span.id"],
  host: ["host", "hostname", "host.name"],
  stack: ["stack", "stack_trace", "exception.stacktrace", "error.stack", "error.stack_trace", "err.stack"],
  uid: ["log.record.uid"],
} as const satisfies Readonly<Record<string, readonly [string, ...string[]]>>;

export type FieldName = keyof typeof fieldNames;

export interface Found {
  value: string | number;
  /** As the sender wrote it. */
  path: string;
}

export type Fields = Readonly<Partial<Record<FieldName, Found>>>;

/** Takes the known fields out of an entry and leaves what are its attributes. Nulls mean absent. */
export function takeFields(entry: object): { fields: Fields; rest: Record<string, unknown> } {
  let rest: Record<string, unknown> = { ...entry };
  const fields: Partial<Record<FieldName, Found>> = {};
  for (const [field, paths] of Object.entries(fieldNames)) {
    const path = paths.find((candidate) => isScalar(valueAt(rest, candidate)));
    if (path === undefined) continue;
    fields[field as FieldName] = { value: valueAt(rest, path) as string | number, path };
    rest = without(rest, path);
  }
  return { fields, rest };
}

const isScalar = (value: unknown): boolean => typeof value === "string" || typeof value === "number";

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function valueAt(object: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(object, path)) return object[path];
  const dot = path.indexOf(".");
  const inner = dot < 0 ? undefined : valueAt(object, path.slice(0, dot));
  return isObject(inner) ? valueAt(inner, path.slice(dot + 1)) : undefined;
}

/** A copy without it, and without what held nothing else. */
export function without(object: Readonly<Record<string, unknown>>, path: string): Record<string, unknown> {
  const { [path]: taken, ...others } = object;
  if (taken !== undefined) return others;
  const dot = path.indexOf(".");
  const head = dot < 0 ? path : path.slice(0, dot);
  const inner = dot < 0 ? undefined : object[head];
  if (!isObject(inner)) return { ...object };
  const smaller = without(inner, path.slice(dot + 1));
  const { [head]: _, ...rest } = object;
  return Object.keys(smaller).length > 0 ? { ...rest, [head]: smaller } : rest;
}
