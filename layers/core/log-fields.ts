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
  let rest = entry as Readonly<Record<string, unknown>>;
  const taken = new Set<string>();
  const fields: Partial<Record<FieldName, Found>> = {};
  for (const { field, paths } of candidates) {
    const path = paths.find(({ path, head }) => isScalar(valueUnder(rest, path, head)))?.path;
    if (path === undefined) continue;
    fields[field] = { value: valueAt(rest, path) as string | number, path };
    // No name of one field is a name of another: what stands by itself can stay until the end.
    if (Object.hasOwn(rest, path)) taken.add(path);
    else rest = without(rest, path);
  }
  return { fields, rest: Object.fromEntries(Object.entries(rest).filter(([name]) => !taken.has(name))) };
}

interface Candidate {
  path: string;
  /** What holds it where it is a path and no name. */
  head: string | undefined;
}

const candidates = Object.entries(fieldNames).map(([field, paths]) => ({
  field: field as FieldName,
  paths: paths.map(
    (path): Candidate => ({ path, head: path.includes(".") ? path.split(".")[0] : undefined }),
  ),
}));

/** As `valueAt`, which need not be asked for most of them. */
function valueUnder(
  object: Readonly<Record<string, unknown>>,
  path: string,
  head: string | undefined,
): unknown {
  if (Object.hasOwn(object, path)) return object[path];
  return head !== undefined && isObject(object[head]) ? valueAt(object, path) : undefined;
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
