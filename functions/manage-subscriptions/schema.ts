import * as z from "zod";
import { isStorable, UNSTORABLE } from "../../layers/core/json.ts";
import { deviceIdSchema, metricNameSchema } from "../../layers/core/measurement.ts";
import { operation } from "../../layers/lambda/operation.ts";

const tag = "Stream";

const text = (max: number) => z.string().max(max).refine(isStorable, UNSTORABLE);

const created = z.object({
  subscription_id: z.string(),
  message: z.string(),
  /** Of this host; the ticket in it lets in once, within a minute. */
  websocket_url: z.string(),
});

const example = {
  subscription_id: "sub_4k7h2m9q3x5w8z1v",
  message: "Subscription created successfully",
  websocket_url: "/ws/telemetry/sub_4k7h2m9q3x5w8z1v?ticket=tS8c1VtXo6gqk0pYh2dJ5nR7uA9wBzE3fLmQxCyKvHs",
};

const params = z.strictObject({ subscription_id: z.string().min(1).max(64) });
const noSuchSubscription = { description: "No such subscription" };

export const operations = {
  subscribe: operation({
    summary: "Subscribe to measurements as they come",
    description:
      "Empty lists and no tags exclude nothing. `max_frequency` is the least time between two frames in milliseconds: a frame has the newest value of each series since the last one. A subscription to which nobody connects for a day is forgotten.",
    tag,
    body: z.strictObject({
      device_ids: z.array(deviceIdSchema).max(1_000).default([]),
      metric_names: z.array(metricNameSchema).max(1_000).default([]),
      tags: z.record(text(128), text(512)).default({}),
      max_frequency: z.int().min(100).max(10_000).default(1_000),
    }),
    example: {
      device_ids: ["device_001", "device_002"],
      metric_names: ["temperature", "humidity"],
      tags: {},
      max_frequency: 1_000,
    },
    responses: {
      200: { description: "The subscription, and where to connect", schema: created, example },
    },
  }),
  unsubscribe: operation({
    summary: "Cancel a subscription",
    description: "Its connection is closed.",
    tag,
    params,
    responses: {
      200: {
        description: "Cancelled",
        schema: z.object({ success: z.boolean(), subscription_id: z.string(), message: z.string() }),
        example: {
          success: true,
          subscription_id: example.subscription_id,
          message: "Subscription cancelled successfully",
        },
      },
      404: noSuchSubscription,
    },
  }),
  createTicket: operation({
    summary: "Get another ticket for a subscription",
    description:
      "For a client that connects again. A subscription has one connection: the later takes the place of the earlier.",
    tag,
    params,
    responses: {
      200: {
        description: "Where to connect, within a minute",
        schema: created,
        example: { ...example, message: "Ticket created successfully" },
      },
      404: noSuchSubscription,
    },
  }),
};
