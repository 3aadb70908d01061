import * as z from "zod";
import { deviceIdSchema } from "../../layers/core/measurement.ts";
import { operation } from "../../layers/lambda/operation.ts";

const byType = z
  .object({ gauge: z.int(), counter: z.int(), histogram: z.int(), summary: z.int() })
  .describe("By their definitions; metrics that nobody defined are gauges");

const day = "The hour that is and the 23 before";

export const operations = {
  deviceStatistics: operation({
    summary: "How much there is of a device",
    description:
      "Counts are exact, each point once however often it was sent. A device that nobody has heard of has zeros.",
    tag: "Devices",
    params: z.strictObject({ device_id: deviceIdSchema }),
    responses: {
      200: {
        description: "Statistics",
        schema: z.object({
          device_id: z.string(),
          total_metrics: z.int(),
          active_metrics: z.int().describe("Of them, those with points in the last 24 hours"),
          data_points_count: z.int(),
          last_update: z.string().nullable().describe("The time of the newest point"),
          storage_size: z.int().describe("Bytes, estimated: 200 for each point"),
          avg_frequency: z.number().describe("Points per minute, over the last 24 hours"),
          last_24h_points: z.int().describe(day),
          last_24h_alerts: z.int().describe(day),
          metrics_by_type: byType,
          top_metrics: z
            .array(z.object({ name: z.string(), points: z.int() }))
            .describe("The ten with the most points"),
        }),
        example: {
          device_id: "device_001",
          total_metrics: 5,
          active_metrics: 5,
          data_points_count: 10_000,
          last_update: "2025-12-18T10:00:00Z",
          storage_size: 2_000_000,
          avg_frequency: 1,
          last_24h_points: 1_440,
          last_24h_alerts: 2,
          metrics_by_type: { gauge: 4, counter: 1, histogram: 0, summary: 0 },
          top_metrics: [{ name: "temperature", points: 3_000 }],
        },
      },
    },
  }),
  totalStatistics: operation({
    summary: "How much there is of all devices",
    tag: "Operate",
    responses: {
      200: {
        description: "Statistics",
        schema: z.object({
          total_devices: z.int(),
          active_devices: z.int().describe("Of them, those that reported in the last 24 hours"),
          total_metrics: z.int().describe("Names of metrics that were ever reported"),
          total_data_points: z.int(),
          points_per_second: z.number().describe("Stored, over the last minute"),
          avg_latency: z.number().describe("Milliseconds, of the API's calls of the last 24 hours"),
          error_rate: z.number().describe("0 to 1, of the API's calls of the last 24 hours"),
          last_24h_points: z.int().describe(day),
          last_24h_alerts: z.int().describe(day),
          devices_by_type: z
            .record(z.string(), z.int())
            .describe("As they were registered; `unknown` where no type was said"),
          metrics_by_type: byType,
          data_by_hour: z
            .array(z.object({ hour: z.string(), points: z.int() }))
            .length(24)
            .describe(`${day}, by the points' own times`),
        }),
        example: {
          total_devices: 120,
          active_devices: 100,
          total_metrics: 12,
          total_data_points: 1_000_000,
          points_per_second: 20,
          avg_latency: 12.5,
          error_rate: 0.002,
          last_24h_points: 144_000,
          last_24h_alerts: 3,
          devices_by_type: { sensor: 100, unknown: 20 },
          metrics_by_type: { gauge: 10, counter: 2, histogram: 0, summary: 0 },
          data_by_hour: Array.from({ length: 24 }, (_, hour) => ({
            hour: `2025-12-18T${String(hour).padStart(2, "0")}:00:00Z`,
            points: 6_000,
          })),
        },
      },
    },
  }),
};
