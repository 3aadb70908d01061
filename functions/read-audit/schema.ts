import * as z from "zod";
import { parseTime } from "../../layers/core/time.ts";
import { operation } from "../../layers/lambda/operation.ts";

const tag = "Audit";

const time = z
  .string()
  .refine((text) => parseTime(text) !== undefined, "expected an RFC 3339 time with an offset")
  .meta({ format: "date-time" });

const position = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const hash = z.string().describe("SHA-256, 64 hexadecimal digits");
const next = z.int().nullable().describe("`after` of the next page; null on the last");

const head = z.object({ position: z.int(), hash, recorded_at: z.string() });
const sealedHead = head.extend({ sealed_at: z.string() });

const entry = z.object({
  position: z.int().describe("From 1, without gaps"),
  recorded_at: z.string(),
  source: z.string(),
  id: z.string(),
  type: z.string(),
  time: z.string().describe("The event's own"),
  correlation_id: z.string(),
  userid: z.string().nullable(),
  event: z.looseObject({}).describe("The whole event, as it is in the audit"),
  previous_hash: hash,
  hash: hash.describe("SHA-256 over the RFC 8785 form of all the other fields"),
});

const exampleHead = {
  position: 1,
  hash: "5d0c5f3f7b4d2a5e9b7a3c1d8e6f40213f5a7b9c1d3e5f708192a3b4c5d6e7f8",
  recorded_at: "2025-12-18T10:00:00.120Z",
};

const exampleEvent = {
  specversion: "1.0",
  id: "550e8400-e29b-41d4-a716-446655440000",
  source: "/ims/api/models",
  type: "model.registered",
  time: "2025-12-18T10:00:00Z",
  correlation_id: "req-12345",
  data: { model_id: "gpt-4", vendor: "openai" },
};

export const operations = {
  listAudit: operation({
    summary: "Read the audit: every event of a model, in a chain of hashes",
    description:
      "By position. A page holds fewer than `limit` entries where they are large; only `next` says where it ends. " +
      "`telemetry audit verify` recomputes the chain.",
    tag,
    query: z.strictObject({
      type: z.string().min(1).max(200).optional(),
      source: z.string().min(1).max(1_024).optional(),
      correlation_id: z.string().min(1).max(255).optional(),
      start_time: time.optional().describe("Of the event's own time; inclusive"),
      end_time: time.optional().describe("Exclusive"),
      order: z.enum(["oldest", "newest"]).default("oldest").describe("Which comes first"),
      after: position.optional().describe("Go on behind this position, in that order"),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
    }),
    responses: {
      200: {
        description: "A page of entries, and the head of the whole audit",
        schema: z.object({ entries: z.array(entry), next, head: head.nullable() }),
        example: {
          entries: [
            {
              ...exampleHead,
              ...{ source: exampleEvent.source, id: exampleEvent.id, type: exampleEvent.type },
              ...{ time: exampleEvent.time, correlation_id: exampleEvent.correlation_id, userid: null },
              event: exampleEvent,
              previous_hash: "0".repeat(64),
            },
          ],
          next: null,
          head: exampleHead,
        },
      },
      422: { description: "Well-formed, but impossible: the range ends before it starts" },
    },
  }),
  listAuditHeads: operation({
    summary: "List the heads of the audit that were sealed outside the database",
    description: "Keep a copy elsewhere: `telemetry audit verify --heads` holds the audit against it.",
    tag,
    query: z.strictObject({
      after: position.default(0),
      limit: z.coerce.number().int().min(1).max(100).default(100),
    }),
    responses: {
      200: {
        description: "By position",
        schema: z.object({ heads: z.array(sealedHead), next }),
        example: { heads: [{ ...exampleHead, sealed_at: "2025-12-18T11:00:00Z" }], next: null },
      },
    },
  }),
};
