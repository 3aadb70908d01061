import * as z from "zod";
import { levels, ruleIdSchema } from "../../layers/core/alerting/alert-rule.ts";
import { deviceIdSchema } from "../../layers/core/measurement.ts";
import { text, time } from "../../layers/lambda/fields.ts";
import { page } from "../../layers/lambda/listing.ts";
import { operation } from "../../layers/lambda/operation.ts";

const tag = "Alerts";

const silenceAnswer = z.object({
  silence_id: z.string(),
  rule_ids: z.array(z.string()),
  device_ids: z.array(z.string()),
  levels: z.array(z.enum(levels)),
  starts_at: z.string(),
  ends_at: z.string(),
  reason: z.string(),
  created_at: z.string(),
  created_by: z.string(),
});

const exampleBody = {
  device_ids: ["device_001"],
  starts_at: "2025-12-18T10:00:00Z",
  ends_at: "2025-12-18T12:00:00Z",
  reason: "maintenance",
};

const example = {
  silence_id: "sil_3m2x7q4v8b1n5c9k",
  rule_ids: [],
  levels: [],
  ...exampleBody,
  created_at: "2025-12-18T09:55:00Z",
  created_by: "key_9k3m2x7q4v8b1n5c",
};

const params = z.strictObject({
  silence_id: z.string().regex(/^sil_[a-z0-9_]{1,64}$/, "expected the id of a silence: sil_…"),
});
const notFound = { description: "No such silence" };

export const operations = {
  createSilence: operation({
    summary: "Silence alerts for a while",
    description: "Alerts are raised and listed all the same; nobody is told. Empty lists fit everything.",
    tag,
    body: z.strictObject({
      rule_ids: z.array(ruleIdSchema).max(1_000).default([]),
      device_ids: z.array(deviceIdSchema).max(10_000).default([]),
      levels: z.array(z.enum(levels)).max(levels.length).default([]),
      starts_at: time.optional().describe("Now, where it is left out"),
      ends_at: time,
      reason: text(2_000, 1),
    }),
    example: exampleBody,
    responses: {
      201: { description: "The silence", schema: silenceAnswer, example },
      422: { description: "It would end before it begins, or has ended" },
    },
  }),
  listSilences: operation({
    summary: "List silences that last, or are to come",
    tag,
    query: z.strictObject(page),
    responses: {
      200: {
        description: "The next to end first",
        schema: z.object({
          silences: z.array(silenceAnswer),
          count: z.int(),
          limit: z.int(),
          offset: z.int(),
        }),
        example: { silences: [example], count: 1, limit: 100, offset: 0 },
      },
    },
  }),
  removeSilence: operation({
    summary: "End a silence",
    tag,
    params,
    responses: {
      200: {
        description: "It is over",
        schema: z.object({ success: z.boolean(), silence_id: z.string() }),
        example: { success: true, silence_id: example.silence_id },
      },
      404: notFound,
    },
  }),
};
