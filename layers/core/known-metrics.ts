import type { Retention } from "./retention.ts";
import { DEFAULT_RETENTION } from "./retention.ts";

export const dataTypes = ["numeric", "string", "boolean", "json", "geolocation", "binary"] as const;
export type DataType = (typeof dataTypes)[number];

export const metricTypes = ["gauge", "counter", "histogram", "summary"] as const;
export type MetricType = (typeof metricTypes)[number];

/** What a definition demands of values. Both bounds are inclusive, and of numbers only. */
export interface ValueRules {
  dataType: DataType;
  minValue?: number;
  maxValue?: number;
}

/** What is to be known of a metric to take its points. */
export interface KnownMetric {
  name: string;
  /** Left out when its definition was deleted: then every value will do. */
  rules?: ValueRules;
  retention: Retention;
}

interface Found {
  rules?: ValueRules;
  retention: Retention;
}

const UNKNOWN: Found = { retention: DEFAULT_RETENTION };
/** Of names that were asked for; about 10 MB if it is ever full. */
const MAX_REMEMBERED = 50_000;

/** What a point must be known by to be taken. */
export type MetricTerms = Pick<KnownMetrics, "retentionOf" | "faultIn"> &
  Partial<Pick<KnownMetrics, "mostPointBytes">>;

/** The metrics that are or were defined. A series `cpu{core="0"}` is defined by its own name, or else by `cpu`. */
export class KnownMetrics {
  readonly #metrics = new Map<string, KnownMetric>();
  readonly #found = new Map<string, Found>();
  /** What a point may have in all, by the store that it goes to. */
  readonly mostPointBytes: number;

  constructor(metrics: readonly KnownMetric[] = [], mostPointBytes = Number.POSITIVE_INFINITY) {
    this.mostPointBytes = mostPointBytes;
    this.learn(metrics);
  }

  /** In place of what was known under the same names. */
  learn(metrics: readonly KnownMetric[]): void {
    for (const metric of metrics) this.#metrics.set(metric.name, metric);
    if (metrics.length > 0) this.#found.clear();
  }

  /** How long points of this name are kept, 90 days if nothing says otherwise. */
  retentionOf(metricName: string): Retention {
    return this.#find(metricName).retention;
  }

  /** What is wrong with a value of this name, if anything is. */
  faultIn(metricName: string, value: unknown): string | undefined {
    const { rules } = this.#find(metricName);
    return rules && faultInValue(value, rules);
  }

  #find(metricName: string): Found {
    if (this.#metrics.size === 0) return UNKNOWN;
    const known = this.#found.get(metricName);
    if (known) return known;
    const found = this.#lookUp(metricName);
    if (this.#found.size >= MAX_REMEMBERED) this.#found.clear();
    this.#found.set(metricName, found);
    return found;
  }

  #lookUp(metricName: string): Found {
    const itself = this.#metrics.get(metricName);
    const base = this.#metrics.get(baseName(metricName));
    const ruling = itself?.rules ? itself : base;
    if (!ruling) return itself ? { retention: itself.retention } : UNKNOWN;
    // Whichever changed last is what its retention follows from since then.
    const since = Math.max(itself?.retention.since ?? 0, base?.retention.since ?? 0);
    return { rules: ruling.rules, retention: { days: ruling.retention.days, since } };
  }
}

function baseName(metricName: string): string {
  const at = metricName.indexOf("{");
  return at < 0 ? metricName : metricName.slice(0, at);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const expected: Readonly<Record<DataType, { text: string; holds: (value: unknown) => boolean }>> = {
  numeric: { text: "a number", holds: (value) => typeof value === "number" },
  string: { text: "text", holds: (value) => typeof value === "string" },
  boolean: { text: "true or false", holds: (value) => typeof value === "boolean" },
  json: { text: "JSON", holds: () => true },
  geolocation: { text: "{lat, lon} in degrees", holds: isGeolocation },
  binary: { text: "base64 text", holds: (value) => typeof value === "string" && BASE64.test(value) },
};

function faultInValue(value: unknown, { dataType, minValue, maxValue }: ValueRules): string | undefined {
  const { text, holds } = expected[dataType];
  if (!holds(value)) return `expected ${text} by the metric's definition, got ${nameOf(value)}`;
  if (typeof value !== "number") return undefined;
  if (minValue !== undefined && value < minValue) return `${value} is below the metric's minimum ${minValue}`;
  if (maxValue !== undefined && value > maxValue) return `${value} is above the metric's maximum ${maxValue}`;
  return undefined;
}

const nameOf = (value: unknown): string => {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? "text" : `a ${typeof value}`;
};

function isGeolocation(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { lat, lon } = value as { lat?: unknown; lon?: unknown };
  return isWithin(lat, 90) && isWithin(lon, 180);
}

const isWithin = (degrees: unknown, most: number): boolean =>
  typeof degrees === "number" && Math.abs(degrees) <= most;
