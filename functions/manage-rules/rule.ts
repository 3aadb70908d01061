import type { AlertRule } from "../../layers/core/alerting/alert-rule.ts";
import { RefusedError } from "../../layers/core/errors.ts";
import { formatTime, type Micros } from "../../layers/core/time.ts";
import type { KeptRule } from "../../layers/storage/registry/port/rules.ts";
import type { RuleBody } from "./schema.ts";

export interface Making {
  ruleId: string;
  at: Micros;
  by: string;
}

/** @throws {RefusedError} 422 a recovery threshold that no value could reach, or that holds nothing */
export function ruleFrom(body: RuleBody, { ruleId, at, by }: Making): AlertRule {
  checkRecovery(body);
  const rule: AlertRule = {
    ruleId,
    name: body.name,
    metricName: body.metric_name,
    condition: body.condition,
    threshold: body.threshold_value,
    deviceIds: [...new Set(body.device_ids)],
    deviceGroups: [...new Set(body.device_groups)],
    evaluationWindowSeconds: body.evaluation_window,
    triggerCount: body.trigger_count,
    level: body.level,
    notificationChannels: body.notification_channels,
    cooldownMinutes: body.cooldown_minutes,
    autoResolve: body.auto_resolve,
    autoResolveTimeoutSeconds: body.auto_resolve_timeout,
    enabled: body.enabled,
    tags: body.tags,
    metadata: body.metadata,
    createdAt: at,
    createdBy: by,
    updatedAt: at,
  };
  if (body.description) rule.description = body.description;
  if (typeof body.recovery_threshold === "number") rule.recoveryThreshold = body.recovery_threshold;
  if (typeof body.no_data_seconds === "number") rule.noDataSeconds = body.no_data_seconds;
  return rule;
}

function checkRecovery({
  condition,
  threshold_value: threshold,
  recovery_threshold: recovery,
}: RuleBody): void {
  if (typeof recovery !== "number") return;
  const rises = condition === ">" || condition === ">=";
  const falls = condition === "<" || condition === "<=";
  if ((rises && recovery <= threshold) || (falls && recovery >= threshold)) return;
  const message =
    rises || falls
      ? `must be ${rises ? "at most" : "at least"} threshold_value, ${threshold}`
      : `goes with <, <=, > and >=, not with ${condition}`;
  throw new RefusedError(422, `recovery_threshold: ${message}`, [{ path: "recovery_threshold", message }]);
}

export const describeRule = (rule: KeptRule) => ({
  rule_id: rule.ruleId,
  name: rule.name,
  description: rule.description ?? null,
  metric_name: rule.metricName,
  condition: rule.condition,
  threshold_value: rule.threshold,
  device_ids: rule.deviceIds,
  device_groups: rule.deviceGroups,
  evaluation_window: rule.evaluationWindowSeconds,
  trigger_count: rule.triggerCount,
  level: rule.level,
  notification_channels: rule.notificationChannels,
  cooldown_minutes: rule.cooldownMinutes,
  auto_resolve: rule.autoResolve,
  auto_resolve_timeout: rule.autoResolveTimeoutSeconds,
  recovery_threshold: rule.recoveryThreshold ?? null,
  no_data_seconds: rule.noDataSeconds ?? null,
  enabled: rule.enabled,
  tags: rule.tags,
  metadata: rule.metadata,
  created_at: formatTime(rule.createdAt),
  updated_at: formatTime(rule.updatedAt),
  created_by: rule.createdBy,
  total_triggers: rule.totalTriggers,
  last_triggered: rule.lastTriggered === undefined ? null : formatTime(rule.lastTriggered),
});
