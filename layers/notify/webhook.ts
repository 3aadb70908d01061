import { createHmac } from "node:crypto";
import type { Notification } from "../core/notification.ts";
import { formatTime } from "../core/time.ts";

/** What a webhook's body says; field by field in docs/notifications.md. */
export const webhookBody = (notification: Notification): object => ({
  id: notification.dedupKey,
  incident: notification.incident,
  action: notification.action,
  form: notification.form,
  severity: notification.severity,
  title: notification.title,
  text: notification.text,
  details: notification.details,
  type: notification.type,
  source: notification.source,
  event_id: notification.eventId,
  correlation_id: notification.correlationId,
  count: notification.count,
  first_at: formatTime(notification.firstAt),
  last_at: formatTime(notification.lastAt),
});

/**
 * Proves to the receiver who sent a body and when: HMAC-SHA256 over `<timestamp>.<body>` with the channel's secret.
 * The timestamp is that of the try, in whole seconds, so that an old request cannot be sent again by another.
 *
 * @param now milliseconds since the Unix epoch
 */
export function signatureHeaders(secret: string, body: string, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1_000));
  const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  return { "x-telemetry-timestamp": timestamp, "x-telemetry-signature": `v1=${signature}` };
}
