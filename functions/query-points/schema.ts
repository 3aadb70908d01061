import * as z from "zod";
import { aggregations } from "../../layers/core/aggregation.ts";
import { deviceIdSchema, metricNameSchema } from "../../layers/core/measurement.ts";
import { parseTime } from "../../layers/core/time.ts";
import { operation } from "../../layers/lambda/operation.ts";

const tag = "Query";
export const MAX_POINTS = 10_000;
export const DEFAULT_LIMIT = 1_000;
const MAX_INTERVAL_SECONDS = 366 * 86_400;

const time = z
  .string()
  .refine((text) => parseTime(text) !== undefined, "expected an RFC 3339 time with an offset")
  .meta({ format: "date-time" });
const aggregation = z.enum(aggregations);
const interval = z.int().min(1).max(MAX_INTERVAL_SECONDS).describe("Width of a bucket in seconds");
const intervalText = z.coerce.number().pipe(interval);
const limit = z.int().min(1).max(MAX_POINTS);
const limitText = z.coerce.number().pipe(limit).default(DEFAULT_LIMIT);
const cursor = z.string().min(1).max(2_048).describe("`next` of the page before");

/** Ranges by name, in hours. */
export const timeRanges = { "1h": 1, "6h": 6, "24h": 24, "7d": 168, "30d": 720, "90d": 2_160 } as const;
const timeRange = z.enum(Object.keys(timeRanges) as (keyof typeof timeRanges)[]);

const deviceParams = z.strictObject({ device_id: deviceIdSchema });
const seriesParams = z.strictObject({ device_id: deviceIdSchema, metric_name: metricNameSchema });

const point = z.object({
  timestamp: z.string(),
  device_id: z.string().optional(),
  metric_name: z.string(),
  value: z.unknown(),
  unit: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

const telemetryData = z.object({
  device_id: z.string().nullable().describe("Null when the points are of several devices"),
  metric_name: z.string().nullable().describe("Null when the points are of several metrics"),
  data_points: z.array(point),
  count: z.int(),
  aggregation: aggregation.nullable(),
  interval: z.int().nullable(),
  start_time: z.string(),
  end_time: z.string(),
  truncated: z.boolean().describe("There is more: ask again with `cursor` set to `next`"),
  next: z.string().optional(),
  approximate: z.boolean().optional().describe("The store approximates this aggregation"),
});
export type TelemetryData = z.infer<typeof telemetryData>;

const exampleData = {
  device_id: "device_001",
  metric_name: "temperature",
  data_points: [
    { timestamp: "2025-12-17T00:00:00Z", metric_name: "temperature", value: 24.5, unit: "celsius" },
  ],
  count: 1,
  aggregation: "avg",
  interval: 3600,
  start_time: "2025-12-17T00:00:00Z",
  end_time: "2025-12-18T00:00:00Z",
  truncated: false,
};

const found = { description: "The points, oldest first", schema: telemetryData, example: exampleData };
const impossible = { description: "Well-formed, but impossible: the range ends before it starts" };

export const operations = {
  queryPoints: operation({
    summary: "Query measurements of many devices and metrics",
    tag,
    body: z.strictObject({
      devices: z.array(deviceIdSchema).max(10_000).nullish().describe("All devices when left out"),
      metrics: z.array(metricNameSchema).min(1).max(100),
      start_time: time,
      end_time: time,
      aggregation: aggregation.nullish(),
      interval: interval.nullish(),
      filters: z
        .strictObject({
          tags: z.record(z.string(), z.string()).nullish(),
          min: z.number().nullish(),
          max: z.number().nullish(),
        })
        .nullish(),
      limit: limit.nullish(),
      cursor: cursor.nullish(),
    }),
    example: {
      devices: ["device_001"],
      metrics: ["temperature", "humidity"],
      start_time: "2025-12-17T00:00:00Z",
      end_time: "2025-12-18T00:00:00Z",
      aggregation: "avg",
      interval: 3600,
      limit: 1000,
    },
    responses: { 200: found, 422: impossible },
  }),

  latestPoint: operation({
    summary: "The newest value of one metric of a device",
    tag,
    params: seriesParams,
    query: z.strictObject({
      lookback_hours: z.coerce
        .number()
        .min(1)
        .max(24 * 3_650)
        .default(24)
        .describe("How far back to look"),
    }),
    responses: {
      200: {
        description: "The newest point",
        schema: z.object({
          device_id: z.string(),
          metric_name: z.string(),
          value: z.unknown(),
          unit: z.string().nullable(),
          timestamp: z.string(),
          tags: z.record(z.string(), z.string()),
          metadata: z.record(z.string(), z.unknown()),
        }),
        example: {
          device_id: "device_001",
          metric_name: "temperature",
          value: 25.5,
          unit: "celsius",
          timestamp: "2025-12-18T10:00:00Z",
          tags: {},
          metadata: {},
        },
      },
      404: { description: "No data in that time" },
    },
  }),

  listDeviceMetrics: operation({
    summary: "The names of a device's metrics",
    tag,
    params: deviceParams,
    responses: {
      200: {
        description: "Sorted; empty for a device that never reported",
        schema: z.array(z.string()),
        example: ["humidity", "temperature"],
      },
    },
  }),

  rangeOfPoints: operation({
    summary: "One metric of a device over a named range that ends now",
    tag,
    params: seriesParams,
    query: z.strictObject({
      time_range: timeRange,
      aggregation: aggregation.optional(),
      interval: intervalText.optional(),
      limit: limitText,
      cursor: cursor.optional(),
    }),
    responses: { 200: found },
  }),

  aggregatedPoints: operation({
    summary: "One metric in buckets, of one device or of all together",
    tag,
    query: z.strictObject({
      metric_name: metricNameSchema,
      aggregation_type: aggregation,
      interval: intervalText,
      start_time: time,
      end_time: time,
      device_id: deviceIdSchema.optional().describe("All devices together when left out"),
      limit: limitText,
      cursor: cursor.optional(),
    }),
    responses: {
      200: {
        description: "A value per bucket that holds a point, oldest first",
        schema: z.object({
          device_id: z.string().nullable(),
          metric_name: z.string(),
          aggregation_type: aggregation,
          interval: z.int(),
          start_time: z.string(),
          end_time: z.string(),
          data_points: z.array(
            z.object({ timestamp: z.string(), value: z.unknown(), unit: z.string().optional() }),
          ),
          count: z.int(),
          truncated: z.boolean(),
          next: z.string().optional(),
          approximate: z.boolean().optional(),
        }),
        example: {
          device_id: null,
          metric_name: "temperature",
          aggregation_type: "avg",
          interval: 3600,
          start_time: "2025-12-17T00:00:00Z",
          end_time: "2025-12-18T00:00:00Z",
          data_points: [{ timestamp: "2025-12-17T00:00:00Z", value: 24.5, unit: "celsius" }],
          count: 1,
          truncated: false,
        },
      },
      422: impossible,
    },
  }),
};
