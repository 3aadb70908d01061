import * as z from "zod";
import { lineTypes, MAX_ENTRIES } from "../../layers/core/log-batch.ts";
import { logLevels } from "../../layers/core/log-level.ts";
import { operation } from "../../layers/lambda/operation.ts";
import { rpcProblems } from "../../layers/lambda/otlp.ts";
import { queued } from "../../layers/lambda/queued.ts";

const tag = "Ingest";

const headers = {
  "Idempotency-Key":
    "The same request under the same key changes nothing; other content under it is a new request.",
};

const sentEntry = z.looseObject({
  timestamp: z
    .union([z.string(), z.number()])
    .optional()
    .describe("RFC 3339, or a Unix time in s, ms, µs or ns; also `time`, `@timestamp`, `ts`. Else now"),
  service: z.string().max(256).describe("Also `service.name`, `app`, `name`"),
  level: z
    .union([z.string(), z.number()])
    .optional()
    .describe(`${logLevels.join(", ")} in any usual spelling or number; also \`severity\`. Else info`),
  message: z.string().describe("Also `msg`"),
  correlation_id: z.string().max(256).optional(),
  trace_id: z.string().max(256).optional(),
  span_id: z.string().max(256).optional(),
  host: z.string().max(256).optional(),
  stack: z.string().optional(),
  "log.record.uid": z.string().max(256).optional().describe("Entries with one are the same entry"),
});

const otlpRequest = z.looseObject({ resourceLogs: z.array(z.looseObject({})).optional() });

const result = z.object({
  success: z.boolean(),
  ingested_count: z.int(),
  failed_count: z.int(),
  total_count: z.int(),
  errors: z.array(
    z.object({
      index: z.int().optional().describe("Where the refused entry stands in the request"),
      path: z.string(),
      message: z.string(),
    }),
  ),
});

const example = {
  timestamp: "2025-12-18T10:00:00Z",
  service: "corerl",
  level: "INFO",
  message: "Agent started successfully.",
  correlation_id: "abc-123",
};

const accepted = {
  description: "Every accepted entry is stored on the broker; the others are listed",
  schema: result.extend({ queued }),
  example: { success: true, ingested_count: 1, failed_count: 0, total_count: 1, errors: [] },
};

export const operations = {
  ingestLogs: operation({
    summary: "Send log entries",
    description:
      `One, a list of up to ${MAX_ENTRIES}, or one per line (NDJSON). Entries that are refused are reported and the ` +
      "others kept. Whatever else an entry holds is kept as an attribute.",
    tag,
    headers,
    documentedBody: z.union([sentEntry, z.array(sentEntry).min(1).max(MAX_ENTRIES)]),
    accepts: lineTypes,
    example,
    responses: { 202: accepted },
  }),

  exportLogs: operation({
    summary: "Send logs from an OpenTelemetry exporter, or plain entries",
    description:
      "OTLP/HTTP in its JSON encoding (`http/json`). A body without `resourceLogs` is taken as by `POST /api/v1/logs`.",
    tag,
    headers,
    documentedBody: z.union([otlpRequest, sentEntry, z.array(sentEntry).min(1).max(MAX_ENTRIES)]),
    accepts: lineTypes,
    example: {
      resourceLogs: [
        {
          resource: { attributes: [{ key: "service.name", value: { stringValue: "checkout" } }] },
          scopeLogs: [
            {
              logRecords: [
                {
                  timeUnixNano: "1766052000000000000",
                  severityNumber: 17,
                  body: { stringValue: "payment declined" },
                },
              ],
            },
          ],
        },
      ],
    },
    responses: {
      200: {
        description: "OTLP's answer: empty, or what was left out and why",
        schema: z.object({
          partialSuccess: z.object({ rejectedLogRecords: z.string(), errorMessage: z.string() }).optional(),
        }),
        example: {},
      },
      202: accepted,
      ...rpcProblems,
    },
  }),
};
