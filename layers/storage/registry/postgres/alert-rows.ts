import type { Alert, AlertStatus } from "../../../core/alerting/alert.ts";
import type { Level } from "../../../core/alerting/alert-rule.ts";
import type { Condition } from "../../../core/rules/rule.ts";

export interface AlertRow {
  alert_id: string;
  rule_id: string;
  device_id: string;
  rule_name: string;
  metric_name: string;
  level: Level;
  kind: Alert["kind"];
  condition: Condition;
  threshold: number;
  notification_channels: string[];
  status: AlertStatus;
  current_value: number | null;
  triggered_at: string;
  breaches: string;
  last_breach_at: string;
  silenced: boolean;
  acknowledged_by: string | null;
  acknowledged_at: string | null;
  acknowledgement_note: string | null;
  resolved_by: string | null;
  resolved_at: string | null;
  resolution_note: string | null;
}

export const ALERT_COLUMNS = `
  alert_id, rule_id, device_id, rule_name, metric_name, level, kind, condition, threshold, notification_channels,
  status, current_value, triggered_at, breaches, last_breach_at, silenced, acknowledged_by, acknowledged_at,
  acknowledgement_note, resolved_by, resolved_at, resolution_note`;

export function alertOf(row: AlertRow): Alert {
  const alert: Alert = {
    alertId: row.alert_id,
    ruleId: row.rule_id,
    ruleName: row.rule_name,
    deviceId: row.device_id,
    metricName: row.metric_name,
    level: row.level,
    kind: row.kind,
    status: row.status,
    condition: row.condition,
    threshold: row.threshold,
    notificationChannels: row.notification_channels,
    triggeredAt: Number(row.triggered_at),
    breaches: Number(row.breaches),
    lastBreachAt: Number(row.last_breach_at),
    silenced: row.silenced,
  };
  return { ...alert, ...withoutNulls(row) };
}

function withoutNulls(row: AlertRow): Partial<Alert> {
  const given: Partial<Alert> = {};
  if (row.current_value !== null) given.currentValue = row.current_value;
  if (row.acknowledged_by !== null) given.acknowledgedBy = row.acknowledged_by;
  if (row.acknowledged_at !== null) given.acknowledgedAt = Number(row.acknowledged_at);
  if (row.acknowledgement_note !== null) given.acknowledgementNote = row.acknowledgement_note;
  if (row.resolved_by !== null) given.resolvedBy = row.resolved_by;
  if (row.resolved_at !== null) given.resolvedAt = Number(row.resolved_at);
  if (row.resolution_note !== null) given.resolutionNote = row.resolution_note;
  return given;
}
