import * as z from "zod";
import { faultsOf } from "../envelope.ts";
import type { Fault } from "../errors.ts";
import type { MetricTerms } from "../known-metrics.ts";
import { checkPoint, type Point } from "../measurement.ts";
import { formatTime } from "../time.ts";
import { type DataPoint, type MetricKind, metricKinds, type Sample } from "./data-points.ts";
import type { Rejected } from "./rejection.ts";
import { deviceOf } from "./resource.ts";
import { seriesName } from "./series-name.ts";
import {
  type Attributes,
  attributesOf,
  faultInRecord,
  list,
  parseRequest,
  resourceSchema,
  text,
  textOf,
} from "./values.ts";

const requestSchema = z.object({
  resourceMetrics: z
    .array(
      z.object({
        resource: resourceSchema,
        scopeMetrics: z.array(z.object({ metrics: list })).nullish(),
      }),
    )
    .nullish(),
});

const metricSchema = z.looseObject({ name: z.string().min(1), unit: text });
const dataSchema = z.object({
  dataPoints: list,
  aggregationTemporality: z.number().nullish(),
  isMonotonic: z.boolean().nullish(),
});

export interface OtlpMetrics {
  points: Point[];
  rejected: Rejected;
}

/** What the data points of one metric have in common. */
interface Metric {
  name: string;
  unit: string | undefined;
  kind: MetricKind;
  deviceId: string;
  resource: Attributes;
  metadata: Record<string, string | boolean>;
  now: number;
  known: MetricTerms | undefined;
}

/**
 * The data points of an ExportMetricsServiceRequest (OpenTelemetry's `metrics/v1`) as measurements. A data point
 * becomes one or several of them, and is taken or refused as a whole.
 *
 * @param now milliseconds since the Unix epoch
 * @param known what is defined; left out, nothing is
 * @throws {RefusedError} 400: what holds the metrics is not in order
 */
export function readOtlpMetrics(request: unknown, now: number, known?: MetricTerms): OtlpMetrics {
  const { resourceMetrics } = parseRequest(requestSchema, request);
  const read: OtlpMetrics = { points: [], rejected: { count: 0, faults: [] } };
  for (const [r, { resource: sent, scopeMetrics }] of (resourceMetrics ?? []).entries()) {
    const resource = attributesOf(sent?.attributes);
    for (const [s, { metrics }] of (scopeMetrics ?? []).entries()) {
      for (const [m, metric] of (metrics ?? []).entries()) {
        const path = `resourceMetrics[${r}].scopeMetrics[${s}].metrics[${m}]`;
        add(read, readMetric(metric, { path, resource, now, known }));
      }
    }
  }
  return read;
}

function add(all: OtlpMetrics, { points, rejected }: OtlpMetrics): void {
  for (const point of points) all.points.push(point);
  for (const fault of rejected.faults) all.rejected.faults.push(fault);
  all.rejected.count += rejected.count;
}

const refused = (faults: Fault[], count = 1): OtlpMetrics => ({ points: [], rejected: { count, faults } });

interface Origin {
  path: string;
  resource: Attributes;
  now: number;
  known: MetricTerms | undefined;
}

function readMetric(input: unknown, { path, resource, now, known }: Origin): OtlpMetrics {
  const parsed = metricSchema.safeParse(input);
  if (!parsed.success) return refused(faultsOf(parsed.error, path));
  const field = Object.keys(metricKinds).find((name) => parsed.data[name] !== undefined);
  if (field === undefined) {
    return refused([{ path, message: `expected one of ${Object.keys(metricKinds).join(", ")}` }]);
  }
  const data = dataSchema.safeParse(parsed.data[field]);
  if (!data.success) return refused(faultsOf(data.error, `${path}.${field}`));
  const kind = metricKinds[field as keyof typeof metricKinds];
  const { name, unit } = parsed.data;
  const metadata = describe(field, data.data);
  const metric: Metric = {
    name,
    unit: unit || undefined,
    kind,
    deviceId: deviceOf(resource),
    resource,
    metadata,
    now,
    known,
  };
  const read: OtlpMetrics = refused([], 0);
  for (const [i, point] of (data.data.dataPoints ?? []).entries()) {
    add(read, readDataPoint(point, metric, `${path}.${field}.dataPoints[${i}]`));
  }
  return read;
}

const temporalities: Readonly<Record<number, string>> = { 1: "delta", 2: "cumulative" };

/** A sum's values are kept as they were sent: whether they are differences or totals stands beside them. */
function describe(field: string, data: z.infer<typeof dataSchema>): Record<string, string | boolean> {
  const temporality = temporalities[data.aggregationTemporality ?? 0];
  return {
    instrument: field,
    ...(temporality === undefined ? {} : { temporality }),
    ...(data.isMonotonic ? { monotonic: true } : {}),
  };
}

function readDataPoint(input: unknown, metric: Metric, path: string): OtlpMetrics {
  const unsound = faultInRecord(input);
  if (unsound) return refused([{ path, message: unsound }]);
  const { samples, point, faults } = metric.kind(input, path);
  if (!point) return refused(faults);
  const tags = tagsOf(point.attributes, metric.resource);
  const checked = samples.map((sample) => checkSample(sample, { ...point, tags }, metric, path));
  const [bad] = checked.filter((each) => each.faults !== undefined);
  if (bad?.faults) return refused(bad.faults);
  return { points: checked.flatMap((each) => each.point ?? []), rejected: { count: 0, faults: [] } };
}

interface TaggedPoint extends DataPoint {
  tags: Record<string, string>;
}

function checkSample({ suffix, labels, value }: Sample, point: TaggedPoint, metric: Metric, path: string) {
  const { name, unit, deviceId, metadata, now, known } = metric;
  const raw = {
    timestamp: formatTime(point.time),
    metric_name: seriesName(`${name}${suffix ?? ""}`, { ...point.attributes, ...labels }),
    value,
    unit: suffix === "_count" || suffix === "_bucket" ? undefined : unit,
    tags: point.tags,
    metadata,
  };
  return checkPoint(raw, { deviceId, now, path, metrics: known });
}

/** What queries may filter by: the point's attributes under their own names, and who sent it. */
const tagged = [
  "service.name",
  "service.namespace",
  "service.version",
  "deployment.environment.name",
  "host.name",
];
const MAX_TAGS = 64;
const MAX_KEY = 128;
const MAX_VALUE = 512;

function tagsOf(attributes: Attributes, resource: Attributes): Record<string, string> {
  const origin = tagged
    .filter((name) => resource[name] !== undefined)
    .map((name) => [name, resource[name]] as const);
  const tags = [...origin, ...Object.entries(attributes)].filter(([key]) => key.length <= MAX_KEY);
  return Object.fromEntries(tags.slice(0, MAX_TAGS).map(([key, value]) => [key, shortened(textOf(value))]));
}

/** Not in the middle of a character. */
const shortened = (value: string): string =>
  value.length <= MAX_VALUE ? value : value.slice(0, MAX_VALUE).replace(/[\ud800-\udbff]$/, "");
