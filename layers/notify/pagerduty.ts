import { cut, type Notification } from "../core/notification.ts";
import type { Severity } from "../core/paging.ts";
import { formatTime } from "../core/time.ts";
import type { ChannelTarget } from "../storage/registry/port/channels.ts";

// PagerDuty's Events API v2 ("Send an Alert Event", developer.pagerduty.com): `trigger`, `acknowledge` and `resolve`
// with one `dedup_key` are one alert, so that a repeat changes nothing. A resolve of what was never triggered is
// accepted and does nothing. 202 is success; 400 is for good; 429 and 5xx are to be repeated.

export type PagerDutyTarget = Extract<ChannelTarget, { kind: "pagerduty" }>;

const LIMITS = { summary: 1_024, source: 1_024, dedupKey: 255 } as const;

const hosts: Readonly<Record<PagerDutyTarget["region"], string>> = {
  us: "https://events.pagerduty.com",
  eu: "https://events.eu.pagerduty.com",
};

const severities: Readonly<Record<Severity, "info" | "warning" | "error" | "critical">> = {
  info: "info",
  warning: "warning",
  error: "error",
  critical: "critical",
  emergency: "critical",
};

/** @param base in the place of PagerDuty's own */
export const pagerDutyUrl = ({ region }: PagerDutyTarget, base = hosts[region]): string =>
  `${base}/v2/enqueue`;

export function pagerDutyEvent({ routingKey }: PagerDutyTarget, notification: Notification): object {
  const { action, incident } = notification;
  const event = {
    routing_key: routingKey,
    event_action: action,
    dedup_key: incident.slice(0, LIMITS.dedupKey),
  };
  return action === "trigger"
    ? { ...event, client: "telemetry-bus", payload: payloadOf(notification) }
    : event;
}

/** Far below the 512 KB that a request may have, since every part of a notification is bounded. */
function payloadOf(notification: Notification): object {
  const { title, text, details, severity, type, source, count, firstAt, lastAt } = notification;
  return {
    summary: cut(title, LIMITS.summary),
    source: cut(details.device_id ?? source, LIMITS.source),
    severity: severities[severity],
    timestamp: formatTime(firstAt),
    class: type,
    custom_details: {
      ...details,
      text,
      severity,
      event_source: source,
      event_id: notification.eventId,
      correlation_id: notification.correlationId,
      count,
      first_at: formatTime(firstAt),
      last_at: formatTime(lastAt),
    },
  };
}
