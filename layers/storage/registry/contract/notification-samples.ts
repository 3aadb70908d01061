import type { Notification } from "../../../core/notification.ts";
import type { Channel } from "../port/channels.ts";
import type { Telling } from "../port/notifications.ts";
import type { Registry } from "../port.ts";
import { entry } from "./samples.ts";

export const channelNamed = (name: string, given: Partial<Channel> = {}): Channel => ({
  name,
  target: { kind: "slack", url: "https://hooks.slack.com/services/T0/B0/x" },
  events: ["#"],
  minimumSeverity: "warning",
  maxPerMinute: 10,
  enabled: true,
  createdAt: 1,
  updatedAt: 1,
  ...given,
});

export const notificationNamed = (name: string, given: Partial<Notification> = {}): Notification => ({
  dedupKey: `ntf_${name}`,
  incident: `incident ${name}`,
  action: "trigger",
  form: "single",
  severity: "error",
  title: `${name}: quotes " and \\ and {braces}, NULL`,
  text: "",
  details: { device_id: "d1" },
  type: "alert.triggered",
  source: "/alerts",
  eventId: name,
  correlationId: "c",
  count: 1,
  firstAt: 10,
  lastAt: 10,
  ...given,
});

export const single = (channel: string, notification: Notification): Telling => ({
  kind: "single",
  channel,
  notification,
});

export const grouped = (channel: string, key: string, notification: Notification): Telling => ({
  kind: "grouped",
  channel,
  key,
  notification: { ...notification, form: "first" },
});

/** Records them as an effect of an event that nobody has seen. */
export async function tell(registry: Registry, now: number, ...tellings: Telling[]): Promise<void> {
  const entries = [entry(`${tellings.map(({ notification }) => notification.dedupKey).join()} ${now}`, now)];
  await registry.inbox.once("alerts.critical", entries, { kind: "events" }, (_, effects) =>
    effects.notify(tellings),
  );
}
