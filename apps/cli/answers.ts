import * as z from "zod";
import type { Event } from "../../layers/core/envelope.ts";
import { sealedHeadSchema } from "../../layers/core/sealed-head.ts";

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
  devices: z.array(z.string()).nullable(),
  types: z.array(z.string()).nullable(),
  created_at: z.string(),
  revoked_at: z.string().nullable(),
});

export const createdKeyAnswer = key.extend({ api_key: z.string() });
export const keysAnswer = z.object({ keys: z.array(key) });

const channel = z.object({
  name: z.string(),
  kind: z.string(),
  address: z.string(),
  events: z.array(z.string()),
  minimum_severity: z.string(),
  enabled: z.boolean(),
});

export const channelAnswer = channel.extend({ secret: z.string().optional() });
export const channelsAnswer = z.object({ channels: z.array(channel) });
export const channelTestAnswer = z.object({
  delivered: z.boolean(),
  may_pass_later: z.boolean(),
  detail: z.string(),
});
export const deliveriesAnswer = z.object({
  deliveries: z.array(
    z.object({
      recorded_at: z.string(),
      state: z.string(),
      severity: z.string(),
      title: z.string(),
      count: z.int(),
      detail: z.string().nullable(),
    }),
  ),
});

export const healthAnswer = z.object({ status: z.string(), version: z.string() });

export const detailedHealthAnswer = healthAnswer.extend({
  components: z.record(
    z.string(),
    z.object({ status: z.string(), latency_ms: z.number().optional(), detail: z.string().optional() }),
  ),
  queues: z.array(z.object({ queue: z.string(), ready: z.int(), consumers: z.int() })),
  dead_letters: z.int().nullish(),
  performance: z.object({ event_processing_p95_ms: z.number().nullable() }),
});
export type DetailedHealth = z.infer<typeof detailedHealthAnswer>;

const auditEntry = z.object({
  position: z.int(),
  recorded_at: z.string(),
  source: z.string(),
  id: z.string(),
  type: z.string(),
  time: z.string(),
  correlation_id: z.string(),
  userid: z.string().nullable(),
  /** As it came: its hash is worked out again. */
  event: z.custom<Event>((value) => typeof value === "object" && value !== null),
  previous_hash: z.string(),
  hash: z.string(),
});

const next = z.int().nullable();

export const auditAnswer = z.object({
  entries: z.array(auditEntry),
  next,
  head: z.object({ position: z.int() }).nullable(),
});
export const auditHeadsAnswer = z.object({ heads: z.array(sealedHeadSchema), next });

/** Where the answer is not looked at. */
export const anyAnswer = z.unknown();
