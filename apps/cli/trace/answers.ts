import * as z from "zod";

// What a trace reads of the API's answers, and no more.

const eventSchema = z.looseObject({
  source: z.string(),
  id: z.string(),
  type: z.string(),
  time: z.string(),
  parentids: z.union([z.string(), z.number()]).optional(),
});

export const eventsAnswer = z.object({
  events: z.array(z.object({ event: eventSchema, archived_at: z.string() })),
  count: z.int(),
});

export const auditAnswer = z.object({
  entries: z.array(
    z.object({ source: z.string(), id: z.string(), position: z.int(), recorded_at: z.string() }),
  ),
});

export const deadLettersAnswer = z.object({
  dead_letters: z.array(
    z.object({
      id: z.string(),
      queue: z.string(),
      source: z.string().nullable(),
      event_id: z.string().nullable(),
      error: z.object({ code: z.string(), message: z.string() }),
      last_died_at: z.string(),
      replayed_at: z.string().nullable(),
      discarded_at: z.string().nullable(),
    }),
  ),
});

export const deadLetterAnswer = z.object({
  attempts: z.array(z.object({ at: z.string(), error: z.string(), message: z.string() })),
});

export const logsAnswer = z.object({
  entries: z.array(
    z.object({
      timestamp: z.string(),
      service: z.string(),
      level: z.string(),
      message: z.string(),
      attributes: z.record(z.string(), z.unknown()),
    }),
  ),
  count: z.int(),
});

export type TracedEvent = z.infer<typeof eventsAnswer>["events"][number];
export type TracedDeadLetter = z.infer<typeof deadLettersAnswer>["dead_letters"][number] &
  z.infer<typeof deadLetterAnswer>;

/** All that the platform knows under a correlation id. */
export interface Found {
  events: readonly TracedEvent[];
  audited: z.infer<typeof auditAnswer>["entries"];
  deadLetters: readonly TracedDeadLetter[];
  logs: z.infer<typeof logsAnswer>["entries"];
}
