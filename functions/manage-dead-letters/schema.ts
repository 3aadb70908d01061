import * as z from "zod";
import { parseTime } from "../../layers/core/time.ts";
import { operation } from "../../layers/lambda/operation.ts";
import { deadLetterStates } from "../../layers/storage/registry/port.ts";

const tag = "DeadLetters";
export const MAX_IDS = 1_000;
export const MAX_REPLAYS = 10_000;

const time = z
  .string()
  .refine((text) => parseTime(text) !== undefined, "expected an RFC 3339 time with an offset")
  .meta({ format: "date-time" });
const text = z.string().min(1).max(1_024);
const id = z.string().regex(/^dlt_[0-9a-f]{32}$/, "expected dlt_ and 32 hexadecimal digits");
const state = z.enum(deadLetterStates);

const filter = z.strictObject({
  queue: text.optional().describe("The one it failed in"),
  type: text.optional(),
  source: text.optional(),
  error_type: text.optional(),
  error_code: text.optional(),
  correlation_id: text.optional(),
  start_time: time.optional().describe("Of the last death"),
  end_time: time.optional().describe("Of the last death, exclusive"),
});
export type FilterFields = z.infer<typeof filter>;

const replayBody = z
  .strictObject({
    ids: z.array(id).min(1).max(MAX_IDS).optional(),
    filter: filter
      .refine((given) => Object.keys(given).length > 0, "expected at least one field; `all` takes everything")
      .optional(),
    all: z.literal(true).optional(),
    dry_run: z.boolean().default(false).describe("Only say what would go where"),
    limit: z.int().min(1).max(MAX_REPLAYS).default(1_000).describe("Replays in this call at most"),
    as_of: time
      .optional()
      .describe(
        "What died or was replayed since is left out. To go on with a replay, give what its first call answered. Now by default",
      ),
  })
  .refine(
    ({ ids, filter, all }) => [ids, filter, all].filter((given) => given !== undefined).length === 1,
    "expected one of ids, filter and all",
  );
export type ReplayRequest = z.infer<typeof replayBody>;

const error = z.object({ type: z.string(), code: z.string(), message: z.string() });

const summary = z.object({
  id: z.string(),
  state,
  queue: z.string().describe("The one it failed in"),
  type: z.string().nullable(),
  source: z.string().nullable(),
  event_id: z.string().nullable(),
  correlation_id: z.string().nullable(),
  error,
  attempt_count: z.int(),
  first_died_at: z.string(),
  last_died_at: z.string(),
  replays: z.int().describe("How often it was replayed"),
  replayed_at: z.string().nullable(),
  discarded_at: z.string().nullable(),
  note: z.string().nullable(),
});
export type DeadLetterSummary = z.infer<typeof summary>;

const detail = summary.extend({
  error: error.extend({ stack: z.string() }),
  attempts: z.array(z.object({ at: z.string(), error: z.string(), message: z.string() })),
  message_id: z.string().nullable(),
  event: z.unknown().describe("The event; null where the body is none"),
  body_base64: z.string().nullable().describe("The message's body, exactly; null above 2 MB"),
  body_bytes: z.int(),
});
export type DeadLetterDetail = z.infer<typeof detail>;

const group = z.object({ queue: z.string(), type: z.string().nullable(), count: z.int() });

const replayAnswer = z.object({
  dry_run: z.boolean(),
  as_of: z.string().describe("Give this to go on"),
  replayed: z.int(),
  remaining: z.int().describe("Of those asked for, still to be replayed"),
  groups: z.array(group).describe("What remains, by the queue that it would go to and its type"),
  refused: z.array(group).describe("What stays dead because its queue no longer exists"),
  not_dead: z.int().describe("How many of the ids are not dead: unknown, replayed or discarded"),
});
export type ReplayAnswer = z.infer<typeof replayAnswer>;

const params = z.strictObject({ dead_letter_id: id });

const exampleLetter = {
  id: "dlt_0f343b0931126a20f133d67c2b018a3b",
  state: "dead",
  queue: "metrics.updates",
  type: "model.registered",
  source: "/models",
  event_id: "e-17",
  correlation_id: "req-1",
  error: { type: "PermanentError", code: "invalid_payload", message: "vendor: expected text" },
  attempt_count: 1,
  first_died_at: "2025-12-18T10:00:00Z",
  last_died_at: "2025-12-18T10:00:00Z",
  replays: 0,
  replayed_at: null,
  discarded_at: null,
  note: null,
};

export const operations = {
  listDeadLetters: operation({
    summary: "List what failed for good, the last death first",
    tag,
    query: filter.extend({
      state: state.optional(),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
      offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
    }),
    responses: {
      200: {
        description: "Dead letters; `count` is of all that match",
        schema: z.object({
          dead_letters: z.array(summary),
          count: z.int(),
          limit: z.int(),
          offset: z.int(),
        }),
        example: { dead_letters: [exampleLetter], count: 1, limit: 100, offset: 0 },
      },
    },
  }),
  showDeadLetter: operation({
    summary: "Show a dead letter: its event, every attempt, the error with its stack",
    tag,
    params,
    responses: {
      200: { description: "The dead letter", schema: detail },
      404: { description: "No such dead letter" },
    },
  }),
  replayDeadLetters: operation({
    summary: "Send dead letters back to the queue they failed in, and to no other",
    description:
      "The oldest first, their attempts forgotten. One call replays up to `limit` and for about 15 s: while " +
      "`remaining` is not 0, call again with the `as_of` of the first answer. A replay that was cut off can be " +
      "repeated: an event that went back twice counts once.",
    tag,
    body: replayBody,
    example: { filter: { queue: "metrics.updates", error_code: "invalid_payload" }, dry_run: true },
    responses: {
      200: {
        description: "What was replayed and what remains",
        schema: replayAnswer,
        example: {
          dry_run: true,
          as_of: "2025-12-18T11:00:00Z",
          replayed: 0,
          remaining: 17,
          groups: [{ queue: "metrics.updates", type: "model.registered", count: 17 }],
          refused: [],
          not_dead: 0,
        },
      },
      422: { description: "The queue of all of them no longer exists" },
    },
  }),
  discardDeadLetter: operation({
    summary: "Set a dead letter aside, with a note",
    description: "It is kept, and can still be listed and shown.",
    tag,
    params,
    query: z.strictObject({ note: z.string().min(1).max(500).describe("Why") }),
    responses: {
      200: {
        description: "Discarded, now or before",
        schema: z.object({ success: z.boolean(), id: z.string() }),
        example: { success: true, id: exampleLetter.id },
      },
      404: { description: "No such dead letter" },
      409: { description: "It was replayed and is not dead" },
    },
  }),
};
