import * as z from "zod";
import { faultsOf } from "../envelope.ts";
import type { Fault } from "../errors.ts";
import type { Micros } from "../time.ts";
import { type Buckets, quantileOf } from "./exponential.ts";
import { type Attributes, attributesOf, count, double, list, microsOfNanos, textOf } from "./values.ts";

/** One value of a data point: `latency_bucket{le="100"}` has the suffix `_bucket` and the label `le`. */
export interface Sample {
  suffix?: "_count" | "_sum" | "_min" | "_max" | "_bucket";
  labels?: Readonly<Record<string, string>>;
  value: unknown;
}

/** What every kind of data point has. */
export interface DataPoint {
  time: Micros;
  attributes: Attributes;
}

export type ReadDataPoint = { faults: Fault[]; samples: Sample[]; point?: DataPoint };

/** Reads one data point of a kind. A point that says "no value" has no samples and no faults. */
export type MetricKind = (input: unknown, path: string) => ReadDataPoint;

const common = { timeUnixNano: count, attributes: list, flags: z.number().nullish() };

/** Bit 0 of the flags: nothing was recorded ("Metrics Data Model", No recorded value). */
const NO_RECORDED_VALUE = 1;

function kind<Shape extends z.ZodRawShape>(
  shape: Shape,
  samplesOf: (data: z.output<z.ZodObject<Shape>>) => Sample[],
): MetricKind {
  const commonSchema = z.object(common);
  const schema = z.object(shape);
  return (input, path) => {
    const [head, body] = [commonSchema.safeParse(input), schema.safeParse(input)];
    if (!head.success) return { faults: faultsOf(head.error, path), samples: [] };
    if (!body.success) return { faults: faultsOf(body.error, path), samples: [] };
    const time = microsOfNanos(head.data.timeUnixNano);
    if (time === undefined) {
      const message = "expected nanoseconds since the Unix epoch";
      return { faults: [{ path: `${path}.timeUnixNano`, message }], samples: [] };
    }
    const point = { time, attributes: attributesOf(head.data.attributes) };
    const empty = ((head.data.flags ?? 0) & NO_RECORDED_VALUE) === NO_RECORDED_VALUE;
    return { faults: [], samples: empty ? [] : samplesOf(body.data), point };
  };
}

const numberKind = kind({ asInt: count, asDouble: double }, ({ asInt, asDouble }) => [
  { value: numberOf(asDouble ?? asInt) },
]);

const totals = { count, sum: double, min: double, max: double };
const bucketList = z.array(z.union([z.string().regex(/^\d+$/), z.number()])).nullish();

const histogramKind = kind(
  { ...totals, bucketCounts: bucketList, explicitBounds: z.array(z.number()).nullish() },
  ({ bucketCounts, explicitBounds, ...rest }) => [
    ...totalSamples(rest),
    ...bucketSamples(bucketCounts?.map(Number) ?? [], explicitBounds ?? []),
  ],
);

const bucketsSchema = z.object({ offset: z.int().nullish(), bucketCounts: bucketList }).nullish();
const quantiles = [0.5, 0.95, 0.99] as const;

const exponentialKind = kind(
  { ...totals, scale: z.int().nullish(), zeroCount: count, positive: bucketsSchema, negative: bucketsSchema },
  ({ scale, zeroCount, positive, negative, ...rest }) => {
    const counts = {
      scale: scale ?? 0,
      zeroCount: Number(zeroCount ?? 0),
      positive: bucketsOf(positive),
      negative: bucketsOf(negative),
    };
    const estimates = quantiles.flatMap((quantile) => {
      const value = quantileOf(counts, quantile);
      return value === undefined ? [] : [{ labels: { quantile: String(quantile) }, value }];
    });
    return [...totalSamples(rest), ...estimates];
  },
);

const summaryKind = kind(
  {
    count,
    sum: double,
    quantileValues: z.array(z.object({ quantile: z.number().nullish(), value: double })).nullish(),
  },
  ({ quantileValues, ...rest }) => [
    ...totalSamples(rest),
    // Protobuf's JSON leaves out what is zero.
    ...(quantileValues ?? []).map(({ quantile, value }) => ({
      labels: { quantile: textOf(quantile ?? 0) },
      value: numberOf(value ?? 0),
    })),
  ],
);

/** By the field of a Metric that holds its data. */
export const metricKinds = {
  gauge: numberKind,
  sum: numberKind,
  histogram: histogramKind,
  exponentialHistogram: exponentialKind,
  summary: summaryKind,
} as const;

type Totals = Partial<Record<"count" | "sum" | "min" | "max", string | number | null | undefined>>;

/** A count that is left out is zero; a sum, minimum or maximum that is left out was not recorded. */
function totalSamples({ count = 0, ...others }: Totals): Sample[] {
  const samples: Sample[] = [{ suffix: "_count", value: numberOf(count ?? 0) }];
  for (const name of ["sum", "min", "max"] as const) {
    const value = others[name];
    if (value !== undefined && value !== null) samples.push({ suffix: `_${name}`, value: numberOf(value) });
  }
  return samples;
}

/** Each bucket with all below it, as Prometheus counts them: `le` is the upper bound, the last is `+Inf`. */
function bucketSamples(counts: readonly number[], bounds: readonly number[]): Sample[] {
  let total = 0;
  return counts.map((each, i) => {
    total += each;
    const le = i < bounds.length ? String(bounds[i]) : "+Inf";
    return { suffix: "_bucket", labels: { le }, value: total };
  });
}

const bucketsOf = (buckets: z.infer<typeof bucketsSchema>): Buckets => ({
  offset: buckets?.offset ?? 0,
  counts: buckets?.bucketCounts?.map(Number) ?? [],
});

/** `NaN` and `Infinity`, written as text, become what they say, and are refused as any number that is not finite. */
function numberOf(value: string | number | null | undefined): number | undefined {
  if (value === null || value === undefined) return undefined;
  return Number(value);
}
