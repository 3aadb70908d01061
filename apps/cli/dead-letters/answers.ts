import * as z from "zod";

// What the verb reads of the API's answers, and no more: an older or newer platform is served too.

const summary = z.object({
  id: z.string(),
  state: z.string(),
  queue: z.string(),
  type: z.string().nullable(),
  source: z.string().nullable(),
  event_id: z.string().nullable(),
  correlation_id: z.string().nullable(),
  error: z.object({ type: z.string(), code: z.string(), message: z.string() }),
  attempt_count: z.int(),
  first_died_at: z.string(),
  last_died_at: z.string(),
  replays: z.int(),
  replayed_at: z.string().nullable(),
  discarded_at: z.string().nullable(),
  note: z.string().nullable(),
});
export type Summary = z.infer<typeof summary>;

export const listAnswer = z.object({ dead_letters: z.array(summary), count: z.int() });

export const detailAnswer = summary.extend({
  error: z.object({ type: z.string(), code: z.string(), message: z.string(), stack: z.string() }),
  attempts: z.array(z.object({ at: z.string(), error: z.string(), message: z.string() })),
  event: z.unknown(),
  body_base64: z.string().nullable(),
  body_bytes: z.int(),
});
export type Detail = z.infer<typeof detailAnswer>;

const group = z.object({ queue: z.string(), type: z.string().nullable(), count: z.int() });
export type Group = z.infer<typeof group>;

export const replayAnswer = z.object({
  as_of: z.string(),
  replayed: z.int(),
  remaining: z.int(),
  groups: z.array(group),
  refused: z.array(group),
  not_dead: z.int(),
});
export type ReplayAnswer = z.infer<typeof replayAnswer>;
