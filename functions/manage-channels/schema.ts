import * as z from "zod";
import { severities } from "../../layers/core/paging.ts";
import { operation } from "../../layers/lambda/operation.ts";
import { channelKinds } from "../../layers/storage/registry/port/channels.ts";
import { deliveryStates } from "../../layers/storage/registry/port/notifications.ts";
import { faultInPattern } from "../../layers/topology/patterns.ts";

const tag = "Channels";
const MAX_MAILBOXES = 50;

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    "expected 1 to 64 letters, digits, dots, hyphens and underscores",
  );
const severity = z.enum(severities);
const pattern = z.string().superRefine((text, context) => {
  const message = faultInPattern(text);
  if (message) context.addIssue({ code: "custom", message });
});

const url = z.string().min(1).max(2_048);
const routingKey = z.string().regex(/^[A-Za-z0-9]{32}$/, "expected the 32 characters of an integration key");
const secret = z.string().min(16, "expected at least 16 characters").max(256);
/** Left out, the platform makes one up and shows it this once. */
const secretOrNone = secret.optional();

const receives = {
  events: z.array(pattern).min(1).max(50).default(["#"]),
  minimum_severity: severity.default("warning"),
  max_per_minute: z.int().min(1).max(600).optional(),
  enabled: z.boolean().default(true),
};

const slack = { kind: z.literal("slack") };
const pagerDuty = { kind: z.literal("pagerduty"), region: z.enum(["us", "eu"]).default("us") };
const email = { kind: z.literal("email"), to: z.array(z.email()).min(1).max(MAX_MAILBOXES) };
const webhook = { kind: z.literal("webhook") };

export const newChannel = z.discriminatedUnion("kind", [
  z.strictObject({ name, ...slack, url, ...receives }),
  z.strictObject({ name, ...pagerDuty, routing_key: routingKey, ...receives }),
  z.strictObject({ name, ...email, ...receives }),
  z.strictObject({ name, ...webhook, url, secret: secretOrNone, ...receives }),
]);

/** As a new one, but what is never shown may be left out and stays as it is. */
export const changedChannel = z.discriminatedUnion("kind", [
  z.strictObject({ ...slack, url: url.optional(), ...receives }),
  z.strictObject({ ...pagerDuty, routing_key: routingKey.optional(), ...receives }),
  z.strictObject({ ...email, ...receives }),
  z.strictObject({ ...webhook, url: url.optional(), secret: secretOrNone, ...receives }),
]);

const channel = z.object({
  name: z.string(),
  kind: z.enum(channelKinds),
  /** The host of a URL, the last characters of a key, the addresses of mail. */
  address: z.string(),
  events: z.array(z.string()),
  minimum_severity: severity,
  max_per_minute: z.int(),
  enabled: z.boolean(),
  created_at: z.string(),
  updated_at: z.string(),
});

const delivery = z.object({
  id: z.string(),
  state: z.enum(deliveryStates),
  detail: z.string().nullable(),
  attempts: z.int(),
  form: z.string(),
  action: z.string(),
  severity,
  title: z.string(),
  type: z.string(),
  source: z.string(),
  event_id: z.string(),
  count: z.int(),
  recorded_at: z.string(),
  settled_at: z.string().nullable(),
  next_at: z.string().nullable(),
});

const exampleChannel = {
  name: "on-call",
  kind: "pagerduty",
  address: "…9f3c (us)",
  events: ["alert.#", "api.error"],
  minimum_severity: "error",
  max_per_minute: 10,
  enabled: true,
  created_at: "2025-12-18T10:00:00Z",
  updated_at: "2025-12-18T10:00:00Z",
};

const exampleBody = {
  kind: "pagerduty",
  routing_key: "0123456789abcdef0123456789ab9f3c",
  events: exampleChannel.events,
  minimum_severity: "error",
};

const exampleDelivery = {
  id: "ntf_2f1a9c0de8b7465f9d3e1b0a7c6d5e4f",
  state: "sent",
  detail: "202 Event processed",
  attempts: 1,
  form: "single",
  action: "trigger",
  severity: "critical",
  title: "High CPU Usage on gateway-7",
  type: "alert.triggered",
  source: "/telemetry/alerts",
  event_id: "alr_4k7h2m9q3x5w8z1v",
  count: 1,
  recorded_at: "2025-12-18T10:00:00Z",
  settled_at: "2025-12-18T10:00:00.214Z",
  next_at: null,
};

const named = z.strictObject({ name: z.string().min(1).max(64) });
const noSuchChannel = { description: "No such channel" };

export const operations = {
  listChannels: operation({
    summary: "List notification channels by name",
    tag,
    responses: {
      200: {
        description: "The channels; URLs, keys and secrets are not shown",
        schema: z.object({ channels: z.array(channel), count: z.int() }),
        example: { channels: [exampleChannel], count: 1 },
      },
    },
  }),
  createChannel: operation({
    summary: "Create a notification channel",
    description:
      "URLs must be https and lead to public addresses. A webhook's secret is in this answer and never shown again.",
    tag,
    body: newChannel,
    example: { name: "on-call", ...exampleBody },
    responses: {
      201: {
        description: "The new channel",
        schema: channel.extend({ secret: z.string().optional() }),
        example: exampleChannel,
      },
      409: { description: "There is a channel of that name" },
      422: { description: "The address is not one that channels may lead to" },
    },
  }),
  replaceChannel: operation({
    summary: "Change a notification channel",
    description:
      "The whole channel as it is to be. URL, key and secret may be left out and then stay; what waits is tried again at once.",
    tag,
    params: named,
    body: changedChannel,
    example: exampleBody,
    responses: {
      200: { description: "The channel", schema: channel, example: exampleChannel },
      404: noSuchChannel,
      422: { description: "The address is not one that channels may lead to" },
    },
  }),
  removeChannel: operation({
    summary: "Remove a notification channel",
    description: "What waits for it fails. Rules that name it go to those whose patterns take the alert.",
    tag,
    params: named,
    responses: {
      200: {
        description: "Removed",
        schema: z.object({ success: z.boolean(), name: z.string() }),
        example: { success: true, name: "on-call" },
      },
      404: noSuchChannel,
    },
  }),
  testChannel: operation({
    summary: "Send a test notification",
    description: "Sent at once, past ceilings and pauses; a pager's test incident is resolved at once.",
    tag,
    params: named,
    responses: {
      200: {
        description: "What the other side answered",
        schema: z.object({ delivered: z.boolean(), may_pass_later: z.boolean(), detail: z.string() }),
        example: { delivered: true, may_pass_later: false, detail: "200 ok" },
      },
      404: noSuchChannel,
    },
  }),
  listDeliveries: operation({
    summary: "List what a channel was sent, newest first",
    description: "Kept for 30 days. Whatever was not sent says why.",
    tag,
    params: named,
    query: z.strictObject({
      state: z.enum(deliveryStates).optional(),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
      offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
    }),
    responses: {
      200: {
        description: "The deliveries",
        schema: z.object({
          deliveries: z.array(delivery),
          count: z.int(),
          limit: z.int(),
          offset: z.int(),
        }),
        example: { deliveries: [exampleDelivery], count: 1, limit: 100, offset: 0 },
      },
      404: noSuchChannel,
    },
  }),
};
