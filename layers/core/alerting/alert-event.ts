import type { Event } from "../envelope.ts";
import { formatTime, type Micros } from "../time.ts";
import type { Alert } from "./alert.ts";

/** Where alerts' events come from, whatever raised or ended them. */
export const ALERTS_SOURCE = "/telemetry-bus/alerts";

/** What is added to an event of an alert. */
export interface AlertEventContext {
  time: Micros;
  correlationId: string;
  /** Identity of the event that it follows from: `source#id`. */
  parent?: string;
}

export const alertTypes = {
  triggered: "alert.triggered",
  acknowledged: "alert.acknowledged",
  resolved: "alert.resolved",
} as const;

/**
 * The event of what became of an alert. An alert is triggered, acknowledged and resolved once each, and so the
 * event's id is made of the alert's: whoever repeats it tells nothing new.
 */
export function alertEvent(
  what: keyof typeof alertTypes,
  alert: Alert,
  { time, correlationId, parent }: AlertEventContext,
): Event {
  const event: Event = {
    specversion: "1.0",
    id: `${alert.alertId}.${what}`,
    source: ALERTS_SOURCE,
    type: alertTypes[what],
    time: formatTime(time),
    correlation_id: correlationId,
    datacontenttype: "application/json",
  };
  if (parent !== undefined) event.parentids = parent;
  return { ...event, data: alertData(alert) };
}

function alertData(alert: Alert) {
  return {
    alert_id: alert.alertId,
    rule_id: alert.ruleId,
    rule_name: alert.ruleName,
    device_id: alert.deviceId,
    metric_name: alert.metricName,
    level: alert.level,
    kind: alert.kind,
    status: alert.status,
    condition: alert.condition,
    threshold_value: alert.threshold,
    current_value: alert.currentValue,
    triggered_at: formatTime(alert.triggeredAt),
    silenced: alert.silenced,
    notification_channels: alert.notificationChannels,
    message: messageOf(alert),
    acknowledged_by: alert.acknowledgedBy,
    acknowledgement_note: alert.acknowledgementNote,
    resolved_by: alert.resolvedBy,
    resolved_at: alert.resolvedAt === undefined ? undefined : formatTime(alert.resolvedAt),
    resolution_note: alert.resolutionNote,
  };
}

/** Of a measured value in a sentence; the event has all of them. */
const SHOWN_DIGITS = 6;

/** For people, in one line. */
export function messageOf({ kind, deviceId, metricName, condition, threshold, currentValue }: Alert): string {
  if (kind === "no_data") return `${deviceId} reports no ${metricName} any more`;
  const value = currentValue === undefined ? "?" : Number(currentValue.toPrecision(SHOWN_DIGITS));
  return `${metricName} of ${deviceId} is ${value} (${condition} ${threshold})`;
}
