import * as z from "zod";
import { operation } from "../../layers/lambda/operation.ts";

const exchange = z.object({
  name: z.string(),
  type: z.enum(["topic", "direct", "fanout"]),
  alternate: z.string().nullable().describe("Where what matches no binding goes"),
});

const queue = z.object({
  name: z.string(),
  kind: z.enum(["work", "rung", "dead", "stream"]),
  consumer: z.string().nullable().describe("The function that consumes it"),
  ready: z.int().describe("Messages that wait for delivery"),
  consumers: z.int(),
  max_length: z
    .int()
    .nullable()
    .describe("Messages it holds at most, then the oldest go; null: as many as the broker's disk"),
  growth_per_second: z
    .number()
    .nullable()
    .describe(
      "By how much `ready` changes: negative while the queue empties; null while there is one sample",
    ),
});

const binding = z.object({ exchange: z.string(), queue: z.string(), key: z.string() });

const bus = z.object({
  exchanges: z.array(exchange),
  queues: z.array(queue),
  bindings: z.array(binding),
  growth_over_seconds: z
    .number()
    .nullable()
    .describe("How far the two samples lie apart between which `growth_per_second` is"),
});
export type BusDescription = z.infer<typeof bus>;

export const operations = {
  describeBus: operation({
    summary: "Exchanges, queues and bindings, with each queue's depth and consumers right now",
    description:
      "Growth is between this request and one before that the same process answered, at least a second ago.",
    tag: "Operate",
    responses: {
      200: {
        description: "The bus",
        schema: bus,
        example: {
          exchanges: [{ name: "models.events", type: "topic", alternate: null }],
          queues: [
            {
              name: "audit.trail",
              kind: "work",
              consumer: "append-audit",
              ready: 12,
              consumers: 1,
              max_length: null,
              growth_per_second: -3.5,
            },
          ],
          bindings: [{ exchange: "models.events", queue: "audit.trail", key: "model.#" }],
          growth_over_seconds: 10.2,
        },
      },
    },
  }),
};
