import * as z from "zod";
import { eventSchema } from "../../layers/core/envelope.ts";
import { operation } from "../../layers/lambda/operation.ts";
import { queued } from "../../layers/lambda/queued.ts";

export const MAX_EVENTS = 1_000;

const result = z.object({
  success: z.boolean(),
  accepted: z.array(z.object({ source: z.string(), id: z.string() })).describe("In the order of the request"),
  queued,
});

const sent = eventSchema.partial({ time: true, correlation_id: true });

export const operations = {
  ingestEvents: operation({
    summary: "Publish CloudEvents onto the bus",
    description:
      "Structured (`application/cloudevents+json`), batched (`application/cloudevents-batch+json`) or binary " +
      "(attributes in `ce-` headers, data in the body). A batch is taken whole or refused whole.",
    tag: "Ingest",
    documentedBody: z.union([sent, z.array(sent).min(1).max(MAX_EVENTS)]),
    accepts: ["application/cloudevents+json", "application/cloudevents-batch+json"],
    example: {
      specversion: "1.0",
      id: "550e8400-e29b-41d4-a716-446655440000",
      source: "/ims/api/models",
      type: "model.registered",
      time: "2025-12-26T12:00:00Z",
      correlation_id: "req-12345",
      datacontenttype: "application/json",
      data: { model_id: "gpt-4", vendor: "openai" },
    },
    responses: {
      202: {
        description: "Every event is stored: on the broker, or in the spool until the broker is back",
        schema: result,
        example: {
          success: true,
          accepted: [{ source: "/ims/api/models", id: "550e8400-e29b-41d4-a716-446655440000" }],
        },
      },
      422: { description: "No queue takes events of this type: nothing was published" },
    },
  }),
};
