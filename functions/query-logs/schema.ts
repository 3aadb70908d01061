import * as z from "zod";
import { type LogLevel, levelOf, logLevels } from "../../layers/core/log-level.ts";
import { operation } from "../../layers/lambda/operation.ts";
import { searchFields } from "../../layers/lambda/search.ts";

const expected = `expected ${logLevels.join(", ")}, or another usual spelling of them`;

const levels = z.string().transform((text, context): LogLevel[] => {
  const known = text.split(",").map((word) => levelOf(word) ?? refuse(word, context));
  return known.filter((level) => level !== undefined);
});

const level = z.string().transform((text, context) => levelOf(text) ?? refuse(text, context) ?? z.NEVER);

function refuse(text: string, context: z.RefinementCtx): undefined {
  context.addIssue({ code: "custom", message: `${expected}, got ${JSON.stringify(text)}` });
}

const entry = z.object({
  id: z.string(),
  timestamp: z.string(),
  accepted_at: z.string(),
  service: z.string(),
  level: z.enum(logLevels),
  message: z.string(),
  correlation_id: z.string().optional(),
  trace_id: z.string().optional(),
  span_id: z.string().optional(),
  host: z.string().optional(),
  stack: z.string().optional(),
  attributes: z.record(z.string(), z.unknown()),
});
export type AnsweredEntry = z.infer<typeof entry>;

export const operations = {
  searchLogs: operation({
    summary: "Search log entries",
    tag: "Logs",
    query: z
      .strictObject({
        q: z
          .string()
          .max(1_000)
          .optional()
          .describe("Words that must all be in the message, the stack or the attributes' values"),
        service: z.string().max(256).optional(),
        level: levels.optional().describe("One or several, separated by commas: `warn,error`"),
        min_level: level.optional().describe("This level and all that are more urgent, instead of `level`"),
        correlation_id: z.string().max(256).optional(),
        ...searchFields,
      })
      .refine(({ level, min_level }) => level === undefined || min_level === undefined, {
        path: ["min_level"],
        message: "not together with level",
      }),
    responses: {
      200: {
        description: "Newest first. `count` is of all that match; 10,000 stands for that and more",
        schema: z.object({
          entries: z.array(entry),
          count: z.int(),
          limit: z.int(),
          offset: z.int(),
          start_time: z.string(),
          end_time: z.string(),
        }),
        example: {
          entries: [
            {
              id: "u2Fs1vKIf0aVQnPo3tqXzZyb0mA",
              timestamp: "2025-12-18T10:00:00Z",
              accepted_at: "2025-12-18T10:00:01Z",
              service: "corerl",
              level: "info",
              message: "Agent started successfully.",
              correlation_id: "abc-123",
              attributes: {},
            },
          ],
          count: 1,
          limit: 100,
          offset: 0,
          start_time: "2025-12-18T10:00:00Z",
          end_time: "2025-12-18T10:00:00Z",
        },
      },
      422: { description: "Well-formed, but impossible: the range ends before it starts" },
    },
  }),
};
