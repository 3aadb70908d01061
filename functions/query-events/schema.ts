import * as z from "zod";
import { operation } from "../../layers/lambda/operation.ts";
import { searchFields } from "../../layers/lambda/search.ts";

const tag = "Archive";

export const CHAIN_LIMITS = { maxDepth: 100, maxEvents: 1_000 } as const;
const USUAL_DEPTH = 50;

const params = z.strictObject({ event_id: z.string().min(1).max(255) });
const source = z.string().min(1).max(1_024);

const typePattern = z
  .string()
  .max(202)
  .regex(
    /^(?:\*|[A-Za-z0-9_:/-]+(?:\.[A-Za-z0-9_:/-]+)*(?:\.\*)?)$/,
    "expected a type, or its first words and .*",
  );

const archived = z.object({
  event: z.looseObject({ id: z.string(), source: z.string(), type: z.string(), time: z.string() }),
  archived_at: z.string(),
});

const exampleEvent = {
  event: {
    specversion: "1.0",
    id: "550e8400-e29b-41d4-a716-446655440000",
    source: "/ims/api/models",
    type: "model.registered",
    time: "2025-12-26T12:00:00Z",
    correlation_id: "req-12345",
    data: { model_id: "gpt-4", vendor: "openai" },
  },
  archived_at: "2025-12-26T12:00:00.045Z",
};

const identity = { source: z.string(), id: z.string() };

export const operations = {
  searchEvents: operation({
    summary: "Search the archive of events",
    description: "Every event of the bus but the measurements.",
    tag,
    query: z.strictObject({
      type: typePattern.optional().describe("Exact, or its first words and `*`: `model.*`"),
      source: source.optional(),
      correlation_id: z.string().max(255).optional(),
      ...searchFields,
    }),
    responses: {
      200: {
        description: "Newest first. `count` is of all that match; 10,000 stands for that and more",
        schema: z.object({
          events: z.array(archived),
          count: z.int(),
          limit: z.int(),
          offset: z.int(),
          start_time: z.string(),
          end_time: z.string(),
        }),
        example: {
          events: [exampleEvent],
          count: 1,
          limit: 100,
          offset: 0,
          start_time: "2025-12-25T12:01:00Z",
          end_time: "2025-12-26T12:16:00Z",
        },
      },
      422: { description: "Well-formed, but impossible: the range ends before it starts" },
    },
  }),

  showEvent: operation({
    summary: "Every archived event with an id",
    description: "Events are told apart by source and id: two applications may use the same id.",
    tag,
    params,
    query: z.strictObject({ source: source.optional() }),
    responses: {
      200: {
        description: "Oldest first",
        schema: z.object({ events: z.array(archived), count: z.int() }),
        example: { events: [exampleEvent], count: 1 },
      },
      404: { description: "No such event is archived" },
    },
  }),

  showChain: operation({
    summary: "What led to an event, and what followed from it",
    description:
      "Ancestors and descendants by the attribute `parentids`. `depth` is 0 for the event itself, -1 for its parents, " +
      "1 for its children; `parents` are the edges of the graph.",
    tag,
    params,
    query: z.strictObject({
      source: source.optional().describe("Needed where events of several sources have the id"),
      depth: z.coerce
        .number()
        .int()
        .min(1)
        .max(CHAIN_LIMITS.maxDepth)
        .default(USUAL_DEPTH)
        .describe("Generations up, and down"),
      limit: z.coerce
        .number()
        .int()
        .min(1)
        .max(CHAIN_LIMITS.maxEvents)
        .default(CHAIN_LIMITS.maxEvents)
        .describe("Events in all"),
    }),
    responses: {
      200: {
        description: "The oldest generation first, each in the order of the events' times",
        schema: z.object({
          event: z.object(identity),
          events: z.array(
            archived.extend({ depth: z.int(), parents: z.array(z.string()).describe("`source#id`") }),
          ),
          missing: z
            .array(z.object({ ...identity, depth: z.int() }))
            .describe("Named as a parent, and not in the archive"),
          count: z.int(),
          truncated: z.boolean().describe("There is more than `depth` or `limit` allow"),
        }),
        example: {
          event: { source: "/ims/api/models", id: "550e8400-e29b-41d4-a716-446655440000" },
          events: [{ ...exampleEvent, depth: 0, parents: [] }],
          missing: [],
          count: 1,
          truncated: false,
        },
      },
      404: { description: "No such event is archived" },
      409: { description: "Events of several sources have this id: `errors` names them" },
    },
  }),
};
