import * as z from "zod";
import { operation } from "../../layers/lambda/operation.ts";

const tag = "Health";
const state = z.enum(["healthy", "degraded", "unhealthy"]);

const health = z.object({ status: state, service: z.string(), port: z.int(), version: z.string() });

const component = z.object({
  status: state,
  latency_ms: z.number().optional(),
  detail: z.string().optional(),
});

const detailed = health.extend({
  components: z.object({
    data_ingestion: component,
    time_series_db: component,
    registry: component,
    broker: component,
    spool: component,
    alert_engine: component,
    real_time_stream: component,
  }),
  queues: z.array(z.object({ queue: z.string(), ready: z.int(), consumers: z.int() })),
  dead_letters: z.int().nullable().describe("Failed for good, and neither replayed nor discarded since"),
  spool: z
    .object({ messages: z.int(), bytes: z.int(), oldest_age_seconds: z.int() })
    .nullable()
    .describe("What was accepted while the broker was away and waits for it; null where that cannot be told"),
  performance: z.object({
    uptime_seconds: z.number(),
    memory_mb: z.number(),
    event_processing_p95_ms: z.number().nullable().describe("Over the last hour"),
  }),
});
export type DetailedHealth = z.infer<typeof detailed>;

const example = { status: "healthy", service: "telemetry_service", port: 8218, version: "1.0.0" };

export const operations = {
  health: operation({
    summary: "Whether the platform works, for load balancers",
    tag,
    responses: {
      200: { description: "It works", schema: health, example },
      503: { description: "The database does not answer", schema: health },
    },
  }),
  detailedHealth: operation({
    summary: "What each part of the platform is doing, with each queue's depth and consumers",
    tag,
    responses: { 200: { description: "The state of each component", schema: detailed } },
  }),
};
