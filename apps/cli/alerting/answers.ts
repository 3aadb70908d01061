import * as z from "zod";

// What the verbs read of the API's answers, and no more: an older or newer platform is served too.

const alert = z.object({
  alert_id: z.string(),
  rule_id: z.string(),
  rule_name: z.string(),
  device_id: z.string(),
  metric_name: z.string(),
  level: z.string(),
  kind: z.string(),
  status: z.string(),
  message: z.string(),
  breaches: z.int(),
  triggered_at: z.string(),
  last_breach_at: z.string(),
  silenced: z.boolean(),
  acknowledged_by: z.string().nullable(),
  acknowledged_at: z.string().nullable(),
  acknowledgement_note: z.string().nullable(),
  resolved_by: z.string().nullable(),
  resolved_at: z.string().nullable(),
  resolution_note: z.string().nullable(),
});
export type Alert = z.infer<typeof alert>;

export const alertAnswer = alert;
export const alertsAnswer = z.object({
  alerts: z.array(alert),
  count: z.int(),
  active_count: z.int(),
  critical_count: z.int(),
});

/** Whole, so that what `show --json` writes can be changed and given to `create --file`. */
const rule = z.looseObject({
  rule_id: z.string(),
  name: z.string(),
  metric_name: z.string(),
  condition: z.string(),
  threshold_value: z.number(),
  level: z.string(),
  enabled: z.boolean(),
  total_triggers: z.int(),
  last_triggered: z.string().nullable(),
});
export type Rule = z.infer<typeof rule>;

export const ruleAnswer = rule;
export const rulesAnswer = z.object({ rules: z.array(rule), count: z.int() });

export const previewAnswer = z.object({
  alerts: z.array(
    z.object({
      device_id: z.string(),
      kind: z.string(),
      triggered_at: z.string(),
      resolved_at: z.string().nullable(),
      breaches: z.int(),
    }),
  ),
  count: z.int(),
  devices_evaluated: z.int(),
  points_evaluated: z.int(),
  truncated: z.boolean(),
  evaluated_until: z.string(),
});
export type Preview = z.infer<typeof previewAnswer>;

const silence = z.object({
  silence_id: z.string(),
  rule_ids: z.array(z.string()),
  device_ids: z.array(z.string()),
  levels: z.array(z.string()),
  starts_at: z.string(),
  ends_at: z.string(),
  reason: z.string(),
});
export type Silence = z.infer<typeof silence>;

export const silenceAnswer = silence;
export const silencesAnswer = z.object({ silences: z.array(silence), count: z.int() });
