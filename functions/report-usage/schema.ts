import * as z from "zod";
import { parseTime } from "../../layers/core/time.ts";
import { operation } from "../../layers/lambda/operation.ts";

const time = z
  .string()
  .refine((text) => parseTime(text) !== undefined, "expected an RFC 3339 time with an offset")
  .meta({ format: "date-time" });

const byName = z.record(z.string(), z.int());

const latency = z.object({
  count: z.int(),
  average_ms: z.number().nullable(),
  p50_ms: z.number().nullable(),
  p95_ms: z.number().nullable(),
  p99_ms: z.number().nullable(),
});

const tally = z.object({
  total: z.int().describe("Of all time"),
  last_24h: z.int(),
  in_range: z.int(),
  per_hour: z.number().describe("Of the range"),
  by_vendor: byName.describe("Of the range"),
  by_tier: byName.describe("Of the range"),
});

const errors = z.object({
  count: z.int(),
  rate: z.number().nullable().describe("Errors per call, 0 to 1"),
});

const cache = z.object({ hits: z.int(), misses: z.int(), hit_rate: z.number().nullable() });

export const usageReport = z.object({
  start_time: z.string(),
  end_time: z.string(),
  models: z.object({ registered: tally }),
  queries: tally.extend({ by_endpoint: byName, by_vendor_and_tier: byName }),
  latency: latency.extend({ by_endpoint: z.record(z.string(), latency) }),
  errors: errors.extend({ by_endpoint: z.record(z.string(), errors) }),
  cache: cache.extend({ by_endpoint: z.record(z.string(), cache) }),
  processing: latency.describe("From an event's time to its being counted"),
  chain_lookups: latency.describe("Of causal chains: how many were asked for, and how long the archive took"),
  events: z.object({ total: z.int(), by_type: byName }),
  peak_hours: z.array(z.object({ hour: z.string(), events: z.int() })).describe("The busiest, busiest first"),
  hours_of_day: z.array(z.int()).length(24).describe("Events in each hour of the day, in UTC"),
});
export type UsageReport = z.infer<typeof usageReport>;

export const operations = {
  reportUsage: operation({
    summary: "How the bus and the API are used",
    description:
      "JSON for any time range (the last 24 hours by default; `last_24h` and `total` stand beside it), or " +
      "Prometheus text for who accepts `text/plain` or `application/openmetrics-text`, with dead letters and open " +
      "alerts as they are now. Ranges count whole minutes.",
    tag: "Operate",
    query: z.strictObject({
      start_time: time.optional(),
      end_time: time.optional(),
      format: z.enum(["json", "prometheus"]).optional(),
    }),
    responses: {
      200: {
        description: "Usage",
        schema: usageReport,
        texts: ["text/plain"],
      },
      422: { description: "Well-formed, but impossible: the range ends before it starts" },
    },
  }),
};
