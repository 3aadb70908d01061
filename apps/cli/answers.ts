import * as z from "zod";

// What the verbs read of the API's answers, and no more: an older or newer platform is served too.

export const publishedAnswer = z.object({
  accepted: z.array(z.object({ source: z.string(), id: z.string() })),
});

export const batchAnswer = z.object({
  ingested_count: z.int(),
  failed_count: z.int(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })),
});

const key = z.object({
  key_id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  created_at: z.string(),
  revoked_at: z.string().nullable(),
});

export const createdKeyAnswer = key.extend({ api_key: z.string() });
export const keysAnswer = z.object({ keys: z.array(key) });

export const healthAnswer = z.object({ status: z.string(), version: z.string() });

export const detailedHealthAnswer = healthAnswer.extend({
  components: z.record(
    z.string(),
    z.object({ status: z.string(), latency_ms: z.number().optional(), detail: z.string().optional() }),
  ),
  queues: z.array(z.object({ queue: z.string(), ready: z.int(), consumers: z.int() })),
  performance: z.object({ event_processing_p95_ms: z.number().nullable() }),
});
export type DetailedHealth = z.infer<typeof detailedHealthAnswer>;

/** Where the answer is not looked at. */
export const anyAnswer = z.unknown();
