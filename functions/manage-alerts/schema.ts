import * as z from "zod";
import { alertStatuses } from "../../layers/core/alerting/alert.ts";
import { levels, ruleIdSchema } from "../../layers/core/alerting/alert-rule.ts";
import { deviceIdSchema } from "../../layers/core/measurement.ts";
import { conditions } from "../../layers/core/rules/rule.ts";
import { text, time } from "../../layers/lambda/fields.ts";
import { page } from "../../layers/lambda/listing.ts";
import { operation } from "../../layers/lambda/operation.ts";

const tag = "Alerts";

const alertAnswer = z.object({
  alert_id: z.string(),
  rule_id: z.string(),
  rule_name: z.string(),
  device_id: z.string(),
  metric_name: z.string(),
  level: z.enum(levels),
  kind: z.enum(["threshold", "no_data"]),
  status: z.enum(alertStatuses),
  message: z.string(),
  condition: z.enum(conditions),
  threshold_value: z.number(),
  current_value: z.number().nullable(),
  breaches: z.int(),
  triggered_at: z.string(),
  last_breach_at: z.string(),
  silenced: z.boolean().describe("It was raised during a silence: nobody was told"),
  acknowledged_by: z.string().nullable(),
  acknowledged_at: z.string().nullable(),
  acknowledgement_note: z.string().nullable(),
  resolved_by: z.string().nullable().describe("`auto` where nobody did"),
  resolved_at: z.string().nullable(),
  resolution_note: z.string().nullable(),
});

const example = {
  alert_id: "alr_7q4v8b1n5c9k3m2x",
  rule_id: "rul_9k3m2x7q4v8b1n5c",
  rule_name: "High CPU Usage",
  device_id: "device_001",
  metric_name: "cpu_percent",
  level: "warning",
  kind: "threshold",
  status: "active",
  message: "cpu_percent of device_001 is 97 (> 90)",
  condition: ">",
  threshold_value: 90,
  current_value: 97,
  breaches: 4,
  triggered_at: "2025-12-18T10:00:00Z",
  last_breach_at: "2025-12-18T10:01:30Z",
  silenced: false,
  acknowledged_by: null,
  acknowledged_at: null,
  acknowledgement_note: null,
  resolved_by: null,
  resolved_at: null,
  resolution_note: null,
};

const params = z.strictObject({
  alert_id: z.string().regex(/^alr_[a-z0-9_]{1,64}$/, "expected the id of an alert: alr_…"),
});
const deed = z.strictObject({ note: text(2_000).nullish() });
const notFound = { description: "No such alert" };

const done = (message: string) => ({
  description: "Done; the alert as it is now",
  schema: z.object({ success: z.boolean(), message: z.string(), alert: alertAnswer }),
  example: { success: true, message, alert: example },
});

export const operations = {
  listAlerts: operation({
    summary: "List alerts, the one triggered last first",
    tag,
    query: z.strictObject({
      status: z.enum(alertStatuses).optional(),
      level: z.enum(levels).optional(),
      device_id: deviceIdSchema.optional(),
      rule_id: ruleIdSchema.optional(),
      start_time: time.optional().describe("Triggered not before; inclusive"),
      end_time: time.optional().describe("Triggered before; exclusive"),
      ...page,
    }),
    responses: {
      200: {
        description: "Alerts",
        schema: z.object({
          alerts: z.array(alertAnswer),
          count: z.int().describe("Of all that the filters let through"),
          active_count: z.int().describe("Of those, the ones that are not resolved"),
          critical_count: z.int().describe("Of those, the critical and worse"),
          filters: z.record(z.string(), z.unknown()),
          limit: z.int(),
          offset: z.int(),
        }),
        example: {
          alerts: [example],
          count: 5,
          active_count: 5,
          critical_count: 2,
          filters: { status: "active" },
          limit: 100,
          offset: 0,
        },
      },
    },
  }),
  showAlert: operation({
    summary: "One alert",
    tag,
    params,
    responses: { 200: { description: "The alert", schema: alertAnswer, example }, 404: notFound },
  }),
  acknowledgeAlert: operation({
    summary: "Say that somebody has taken on an alert",
    tag,
    params,
    body: deed,
    example: { note: "looking into it" },
    responses: {
      200: done("Alert acknowledged"),
      404: notFound,
      409: { description: "It is acknowledged already, or resolved" },
    },
  }),
  resolveAlert: operation({
    summary: "Say that an alert is over",
    description: "What breached before counts towards no other alert.",
    tag,
    params,
    body: deed,
    example: { note: "replaced the fan" },
    responses: {
      200: done("Alert resolved"),
      404: notFound,
      409: { description: "It is resolved already" },
    },
  }),
};
