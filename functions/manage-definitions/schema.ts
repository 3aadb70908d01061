import * as z from "zod";
import { faultInJson, isStorable, type Json, UNSTORABLE } from "../../layers/core/json.ts";
import { dataTypes, metricTypes } from "../../layers/core/known-metrics.ts";
import { metricNameSchema } from "../../layers/core/measurement.ts";
import { RETENTION_DAYS } from "../../layers/core/retention.ts";
import { page } from "../../layers/lambda/listing.ts";
import { operation } from "../../layers/lambda/operation.ts";

const tag = "Metrics";
const METADATA = { maxBytes: 16 * 1_024, maxDepth: 32 };
const DAY_SECONDS = 86_400;

const text = (max: number) => z.string().max(max).refine(isStorable, UNSTORABLE);
const metadata = z.record(z.string(), z.unknown()).superRefine((given, context) => {
  const message = faultInJson(given, METADATA);
  if (message) context.addIssue({ code: "custom", message });
});

const dataType = z.enum(dataTypes);
const metricType = z.enum(metricTypes);

export const newDefinition = z.strictObject({
  name: metricNameSchema,
  description: text(2_000).nullish(),
  data_type: dataType,
  metric_type: metricType.default("gauge"),
  unit: text(64).nullish(),
  min_value: z.number().nullish().describe("Inclusive; of numeric metrics only"),
  max_value: z.number().nullish().describe("Inclusive; of numeric metrics only"),
  retention_days: z
    .int()
    .min(RETENTION_DAYS.min)
    .max(RETENTION_DAYS.max)
    .default(RETENTION_DAYS.default)
    .describe("Points are answered until they are so old"),
  aggregation_interval: z.int().min(1).max(DAY_SECONDS).default(60).describe("Seconds"),
  tags: z.array(text(128)).max(64).default([]),
  metadata: metadata.default({}).transform((given) => given as Record<string, Json>),
});

const definition = z.object({
  metric_id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  data_type: dataType,
  metric_type: metricType,
  unit: z.string().nullable(),
  min_value: z.number().nullable(),
  max_value: z.number().nullable(),
  retention_days: z.int(),
  aggregation_interval: z.int(),
  tags: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()),
  created_at: z.string(),
  updated_at: z.string(),
  created_by: z.string(),
});

const exampleBody = {
  name: "battery_level",
  description: "Device battery percentage",
  data_type: "numeric",
  metric_type: "gauge",
  unit: "percent",
  min_value: 0,
  max_value: 100,
  retention_days: 90,
  aggregation_interval: 60,
};

const exampleDefinition = {
  metric_id: "met_4k7h2m9q3x5w8z1v",
  ...exampleBody,
  tags: [],
  metadata: {},
  created_at: "2025-12-18T10:00:00Z",
  updated_at: "2025-12-18T10:00:00Z",
  created_by: "key_admin",
};

const named = z.strictObject({ metric_name: metricNameSchema });
const noSuchMetric = { description: "No definition of that metric" };

export const operations = {
  defineMetric: operation({
    summary: "Define a metric",
    description:
      "From then on points of other types or outside the bounds are refused; it holds for a series such as " +
      '`cpu{core="0"}` too, unless that has a definition of its own. Takes effect within two seconds.',
    tag,
    body: newDefinition,
    example: exampleBody,
    responses: {
      201: { description: "The definition", schema: definition, example: exampleDefinition },
      409: { description: "The metric is defined already" },
      422: { description: "Bounds that cannot be" },
    },
  }),
  listDefinitions: operation({
    summary: "List metric definitions by name",
    tag,
    query: z.strictObject({
      data_type: dataType.optional(),
      metric_type: metricType.optional(),
      ...page,
    }),
    responses: {
      200: {
        description: "The definitions; `count` is of all that match",
        schema: z.object({
          metrics: z.array(definition),
          count: z.int(),
          filters: z.object({ data_type: dataType.optional(), metric_type: metricType.optional() }),
          limit: z.int(),
          offset: z.int(),
        }),
        example: {
          metrics: [exampleDefinition],
          count: 1,
          filters: { data_type: "numeric" },
          limit: 100,
          offset: 0,
        },
      },
    },
  }),
  showDefinition: operation({
    summary: "Show a metric's definition",
    tag,
    params: named,
    responses: {
      200: { description: "The definition", schema: definition, example: exampleDefinition },
      404: noSuchMetric,
    },
  }),
  removeDefinition: operation({
    summary: "Delete a metric's definition",
    description:
      "What was stored stays as long as it would have. New points are kept for 90 days, unchecked.",
    tag,
    params: named,
    responses: {
      200: {
        description: "Deleted",
        schema: z.object({ success: z.boolean(), message: z.string(), metric_name: z.string() }),
        example: { success: true, message: "Metric definition deleted", metric_name: "battery_level" },
      },
      404: noSuchMetric,
    },
  }),
};
