import * as z from "zod";
import { deviceIdSchema, POINT_LIMITS, pointSchema } from "../../layers/core/measurement.ts";
import { operation } from "../../layers/lambda/operation.ts";
import { rpcProblems } from "../../layers/lambda/otlp.ts";
import { queued } from "../../layers/lambda/queued.ts";

const tag = "Ingest";
const params = z.strictObject({ device_id: deviceIdSchema });

const headers = {
  "Idempotency-Key":
    "The same request under the same key changes nothing; other content under it is a new request.",
};

const itemFault = z.object({
  index: z.number().int().optional().describe("Where the refused point stands in the request"),
  path: z.string(),
  message: z.string(),
});

const counts = {
  success: z.boolean(),
  ingested_count: z.number().int(),
  failed_count: z.number().int(),
  total_count: z.number().int(),
};

export const batchResult = z.object({ ...counts, errors: z.array(itemFault) });

const examplePoint = {
  timestamp: "2025-12-18T10:00:00Z",
  metric_name: "temperature",
  value: 25.5,
  unit: "celsius",
  tags: { location: "room_1" },
};

const exampleExport = {
  resourceMetrics: [
    {
      resource: { attributes: [{ key: "host.name", value: { stringValue: "dev-1" } }] },
      scopeMetrics: [
        {
          metrics: [
            {
              name: "temperature",
              unit: "Cel",
              gauge: { dataPoints: [{ timeUnixNano: "1766052000000000000", asDouble: 21.5 }] },
            },
          ],
        },
      ],
    },
  ],
};

const allRefused = {
  description:
    "Every point was refused as impossible: too old or too far ahead, or not as its metric is defined",
};

const accepted = "Every accepted point is stored: on the broker, or in the spool until the broker is back";

export const operations = {
  ingestPoint: operation({
    summary: "Send one measurement",
    tag,
    params,
    headers,
    body: z.unknown(),
    documentedBody: pointSchema,
    example: examplePoint,
    responses: {
      200: {
        description: accepted,
        schema: z.object({
          success: z.boolean(),
          message: z.string(),
          device_id: z.string(),
          metric_name: z.string(),
          queued,
        }),
        example: {
          success: true,
          message: "Data point ingested successfully",
          device_id: "device_001",
          metric_name: "temperature",
        },
      },
      422: allRefused,
    },
  }),

  ingestBatch: operation({
    summary: "Send up to 1,000 measurements of one device",
    description:
      "Points that are refused are reported and the others kept. With `compression`, `data_points` is the base64 " +
      "of the compressed JSON array.",
    tag,
    params,
    headers,
    body: z.strictObject({
      data_points: z.union(
        [z.array(z.unknown()), z.string()],
        "expected an array of data points, or base64 text",
      ),
      compression: z.enum(["gzip", "lz4"]).nullish(),
      batch_id: z.string().min(1).max(256).nullish(),
    }),
    documentedBody: z.strictObject({
      data_points: z.union([z.array(pointSchema).min(1).max(POINT_LIMITS.pointsPerBatch), z.base64()]),
      compression: z.enum(["gzip", "lz4"]).nullish(),
      batch_id: z.string().min(1).max(256).nullish(),
    }),
    example: { data_points: [examplePoint], compression: null, batch_id: "batch_001" },
    responses: {
      200: {
        description: `${accepted}; the others are listed`,
        schema: batchResult.extend({ queued }),
        example: { success: true, ingested_count: 2, failed_count: 0, total_count: 2, errors: [] },
      },
      422: allRefused,
    },
  }),

  exportMetrics: operation({
    summary: "Send metrics from an OpenTelemetry exporter",
    description:
      "OTLP/HTTP in its JSON encoding (`http/json`). The resource is the device, the metric with its attributes the " +
      'metric\'s name: `http.requests{route="/a"}`.',
    tag,
    headers,
    documentedBody: z.looseObject({ resourceMetrics: z.array(z.looseObject({})).optional() }),
    example: exampleExport,
    responses: {
      200: {
        description: "OTLP's answer: empty, or what was left out and why",
        schema: z.object({
          partialSuccess: z.object({ rejectedDataPoints: z.string(), errorMessage: z.string() }).optional(),
        }),
        example: {},
      },
      ...rpcProblems,
    },
  }),

  ingestBulk: operation({
    summary: "Send up to 10,000 measurements of many devices",
    description: "Device id → data points, at most 1,000 for each. Devices succeed and fail by themselves.",
    tag,
    headers,
    body: z.record(z.string(), z.unknown()),
    documentedBody: z.record(deviceIdSchema, z.array(pointSchema).min(1).max(POINT_LIMITS.pointsPerBatch)),
    example: { device_001: [examplePoint], device_002: [{ ...examplePoint, value: 26 }] },
    responses: {
      200: {
        description: `${accepted}; the others are listed under their device`,
        schema: z.object({ ...counts, results: z.record(z.string(), batchResult), queued }),
        example: {
          success: true,
          ingested_count: 2,
          failed_count: 0,
          total_count: 2,
          results: {
            device_001: { success: true, ingested_count: 1, failed_count: 0, total_count: 1, errors: [] },
            device_002: { success: true, ingested_count: 1, failed_count: 0, total_count: 1, errors: [] },
          },
        },
      },
      422: allRefused,
    },
  }),
};
