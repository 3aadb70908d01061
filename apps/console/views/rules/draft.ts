import { linesOf, textOf } from "../../components/lines-field.tsx";
import type { Rule, RuleBody } from "./rule.ts";

/** A rule as it stands in the form: numbers and lists as they are typed. */
export interface Draft {
  name: string;
  description: string;
  metric_name: string;
  condition: RuleBody["condition"];
  threshold_value: string;
  device_ids: string;
  device_groups: string;
  evaluation_window: string;
  trigger_count: string;
  level: Rule["level"];
  notification_channels: readonly string[];
  cooldown_minutes: string;
  auto_resolve: boolean;
  auto_resolve_timeout: string;
  recovery_threshold: string;
  no_data_seconds: string;
  enabled: boolean;
  tags: string;
  metadata: string;
}

/** With the API's own defaults, to be seen. */
export const emptyDraft: Draft = {
  name: "",
  description: "",
  metric_name: "",
  condition: ">",
  threshold_value: "",
  device_ids: "",
  device_groups: "",
  evaluation_window: "300",
  trigger_count: "1",
  level: "warning",
  notification_channels: [],
  cooldown_minutes: "15",
  auto_resolve: true,
  auto_resolve_timeout: "600",
  recovery_threshold: "",
  no_data_seconds: "",
  enabled: true,
  tags: "",
  metadata: "",
};

export const draftOf = (rule: Rule): Draft => ({
  name: rule.name,
  description: rule.description ?? "",
  metric_name: rule.metric_name,
  condition: rule.condition,
  threshold_value: String(rule.threshold_value),
  device_ids: textOf(rule.device_ids),
  device_groups: textOf(rule.device_groups),
  evaluation_window: String(rule.evaluation_window),
  trigger_count: String(rule.trigger_count),
  level: rule.level,
  notification_channels: rule.notification_channels,
  cooldown_minutes: String(rule.cooldown_minutes),
  auto_resolve: rule.auto_resolve,
  auto_resolve_timeout: String(rule.auto_resolve_timeout),
  recovery_threshold: rule.recovery_threshold === null ? "" : String(rule.recovery_threshold),
  no_data_seconds: rule.no_data_seconds === null ? "" : String(rule.no_data_seconds),
  enabled: rule.enabled,
  tags: textOf(rule.tags),
  metadata: Object.keys(rule.metadata).length > 0 ? JSON.stringify(rule.metadata, null, 2) : "",
});

/** What is no number goes as it was typed: the API says at which field it expected one. */
export function bodyOf(draft: Draft): RuleBody {
  return {
    name: draft.name.trim(),
    description: draft.description.trim() || null,
    metric_name: draft.metric_name.trim(),
    condition: draft.condition,
    threshold_value: numberIn(draft.threshold_value),
    device_ids: linesOf(draft.device_ids),
    device_groups: linesOf(draft.device_groups),
    evaluation_window: numberIn(draft.evaluation_window),
    trigger_count: numberIn(draft.trigger_count),
    level: draft.level,
    notification_channels: [...draft.notification_channels],
    cooldown_minutes: numberIn(draft.cooldown_minutes),
    auto_resolve: draft.auto_resolve,
    auto_resolve_timeout: numberIn(draft.auto_resolve_timeout),
    recovery_threshold: draft.recovery_threshold.trim() === "" ? null : numberIn(draft.recovery_threshold),
    no_data_seconds: draft.no_data_seconds.trim() === "" ? null : numberIn(draft.no_data_seconds),
    enabled: draft.enabled,
    tags: linesOf(draft.tags),
    metadata: draft.metadata.trim() === "" ? {} : (jsonIn(draft.metadata) as Record<string, unknown>),
  };
}

function numberIn(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : (text as unknown as number);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
