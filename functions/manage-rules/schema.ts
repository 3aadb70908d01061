import * as z from "zod";
import { levels, ruleIdSchema } from "../../layers/core/alerting/alert-rule.ts";
import { deviceIdSchema, metricNameSchema } from "../../layers/core/measurement.ts";
import { conditions } from "../../layers/core/rules/rule.ts";
import { metadata, text, time } from "../../layers/lambda/fields.ts";
import { flag, page } from "../../layers/lambda/listing.ts";
import { operation } from "../../layers/lambda/operation.ts";

const tag = "Alerts";
const DAY_SECONDS = 86_400;

const name = text(200, 1);

const ruleFields = {
  name,
  description: text(2_000).nullish(),
  metric_name: metricNameSchema,
  condition: z.enum(conditions),
  threshold_value: z.number(),
  device_ids: z
    .array(deviceIdSchema)
    .max(10_000)
    .default([])
    .describe("All devices where groups are empty, too"),
  device_groups: z.array(name).max(100).default([]),
  evaluation_window: z
    .int()
    .min(1)
    .max(DAY_SECONDS)
    .default(300)
    .describe("Seconds within which breaches count"),
  trigger_count: z.int().min(1).max(1_000).default(1).describe("Breaches that raise an alert"),
  level: z.enum(levels).default("warning"),
  notification_channels: z.array(text(64, 1)).max(50).default([]).describe("Names or kinds"),
  cooldown_minutes: z.int().min(0).max(10_080).default(15),
  auto_resolve: z.boolean().default(true),
  auto_resolve_timeout: z
    .int()
    .min(1)
    .max(7 * DAY_SECONDS)
    .default(600)
    .describe("Seconds without a breach"),
  recovery_threshold: z
    .number()
    .nullish()
    .describe("Hysteresis: an alert is held until values are past this"),
  no_data_seconds: z
    .int()
    .min(10)
    .max(7 * DAY_SECONDS)
    .nullish()
    .describe("Alert if a device falls silent"),
  enabled: z.boolean().default(true),
  tags: z.array(text(128, 1)).max(64).default([]),
  metadata: metadata.default({}),
};

export const ruleBody = z.strictObject(ruleFields);
export type RuleBody = z.infer<typeof ruleBody>;

export const previewBody = z.strictObject({
  rule: ruleBody.optional().describe("A rule that need not exist"),
  rule_id: ruleIdSchema.optional().describe("One that does"),
  start_time: time,
  end_time: time,
});
export type PreviewBody = z.infer<typeof previewBody>;

const ruleAnswer = z.object({
  rule_id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  metric_name: z.string(),
  condition: z.enum(conditions),
  threshold_value: z.number(),
  device_ids: z.array(z.string()),
  device_groups: z.array(z.string()),
  evaluation_window: z.int(),
  trigger_count: z.int(),
  level: z.enum(levels),
  notification_channels: z.array(z.string()),
  cooldown_minutes: z.int(),
  auto_resolve: z.boolean(),
  auto_resolve_timeout: z.int(),
  recovery_threshold: z.number().nullable(),
  no_data_seconds: z.int().nullable(),
  enabled: z.boolean(),
  tags: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()),
  created_at: z.string(),
  updated_at: z.string(),
  created_by: z.string(),
  total_triggers: z.int(),
  last_triggered: z.string().nullable(),
});

const exampleBody = {
  name: "High CPU Usage",
  description: "Alert when CPU exceeds 90%",
  metric_name: "cpu_percent",
  condition: ">",
  threshold_value: 90,
  evaluation_window: 300,
  trigger_count: 3,
  level: "warning",
  device_ids: [],
  notification_channels: ["slack", "email"],
  cooldown_minutes: 15,
  auto_resolve: true,
  auto_resolve_timeout: 600,
};

const example = {
  rule_id: "rul_9k3m2x7q4v8b1n5c",
  ...exampleBody,
  device_groups: [],
  recovery_threshold: null,
  no_data_seconds: null,
  enabled: true,
  tags: [],
  metadata: {},
  created_at: "2025-12-18T10:00:00Z",
  updated_at: "2025-12-18T10:00:00Z",
  created_by: "key_9k3m2x7q4v8b1n5c",
  total_triggers: 0,
  last_triggered: null,
};

const params = z.strictObject({ rule_id: ruleIdSchema });
const notFound = { description: "No such rule" };
const impossible = { description: "Well-formed, but impossible: a recovery threshold on the wrong side" };
const done = z.object({ success: z.boolean(), message: z.string(), rule_id: z.string() });

export const operations = {
  createRule: operation({
    summary: "Create an alert rule",
    tag,
    body: ruleBody,
    example: exampleBody,
    responses: { 201: { description: "The rule", schema: ruleAnswer, example }, 422: impossible },
  }),
  listRules: operation({
    summary: "List alert rules",
    tag,
    query: z.strictObject({
      enabled: flag.optional(),
      level: z.enum(levels).optional(),
      metric_name: metricNameSchema.optional(),
      ...page,
    }),
    responses: {
      200: {
        description: "Newest first",
        schema: z.object({
          rules: z.array(ruleAnswer),
          count: z.int().describe("Of all that the filters let through"),
          filters: z.record(z.string(), z.unknown()),
          limit: z.int(),
          offset: z.int(),
        }),
        example: { rules: [example], count: 1, filters: { enabled: true }, limit: 100, offset: 0 },
      },
    },
  }),
  showRule: operation({
    summary: "One alert rule, and how often it was triggered",
    tag,
    params,
    responses: { 200: { description: "The rule", schema: ruleAnswer, example }, 404: notFound },
  }),
  replaceRule: operation({
    summary: "Change an alert rule",
    description: "Takes effect within two seconds. Alerts that are open stay open until they resolve.",
    tag,
    params,
    body: ruleBody,
    example: exampleBody,
    responses: {
      200: { description: "The rule as it is now", schema: ruleAnswer, example },
      404: notFound,
      422: impossible,
    },
  }),
  removeRule: operation({
    summary: "Delete an alert rule; its open alerts are resolved",
    tag,
    params,
    responses: {
      200: {
        description: "It is gone",
        schema: done,
        example: { success: true, message: "Alert rule deleted", rule_id: example.rule_id },
      },
      404: notFound,
    },
  }),
  enableRule: operation({
    summary: "Turn an alert rule on or off",
    description: "Takes effect at once on whatever is evaluated next.",
    tag,
    params,
    body: z.strictObject({ enabled: z.boolean() }),
    example: { enabled: false },
    responses: {
      200: {
        description: "Done",
        schema: done.extend({ enabled: z.boolean() }),
        example: { success: true, message: "Alert rule disabled", rule_id: example.rule_id, enabled: false },
      },
      404: notFound,
    },
  }),
  previewRule: operation({
    summary: "When a rule would have raised alerts over a past range",
    description:
      "Evaluates what is stored as if it had just arrived, each point in time. At most 200,000 points.",
    tag,
    body: previewBody,
    example: { rule: exampleBody, start_time: "2025-12-17T00:00:00Z", end_time: "2025-12-18T00:00:00Z" },
    responses: {
      200: {
        description: "The alerts, in the order in which they would have been raised",
        schema: z.object({
          alerts: z.array(
            z.object({
              device_id: z.string(),
              kind: z.enum(["threshold", "no_data"]),
              triggered_at: z.string(),
              resolved_at: z.string().nullable(),
              breaches: z.int(),
              current_value: z.number().nullable(),
            }),
          ),
          count: z.int(),
          devices_evaluated: z.int(),
          points_evaluated: z.int(),
          truncated: z.boolean().describe("There were more points, or more than 1,000 alerts"),
          evaluated_until: z.string(),
        }),
        example: {
          alerts: [
            {
              device_id: "device_001",
              kind: "threshold",
              triggered_at: "2025-12-17T03:00:00Z",
              resolved_at: "2025-12-17T03:40:00Z",
              breaches: 12,
              current_value: 97,
            },
          ],
          count: 1,
          devices_evaluated: 1,
          points_evaluated: 1_440,
          truncated: false,
          evaluated_until: "2025-12-18T00:00:00Z",
        },
      },
      404: notFound,
      422: { description: "Neither a rule nor its id, or a range that is empty or longer than 31 days" },
    },
  }),
};
