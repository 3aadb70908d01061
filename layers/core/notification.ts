import { type Event, identityOf, timeOf } from "./envelope.ts";
import { sha256 } from "./ids.ts";
import type { Page, Severity } from "./paging.ts";
import { type Payload, readPayload } from "./payloads.ts";
import type { Micros } from "./time.ts";

/** What is told to one channel, as content: each kind of channel has its own way to write it. */
export interface Notification {
  /** The same at every attempt, and different for every channel: what receivers tell repeats by. 36 characters. */
  dedupKey: string;
  /** What began, was acknowledged and ended under one key is one matter. At most 255 characters. */
  incident: string;
  action: "trigger" | "acknowledge" | "resolve";
  /**
   * `single` is one event; `first` the first of a group and `summary` what followed it in a window; `quiet` a group
   * that has ended; `held_back` stands for notifications beyond a channel's ceiling; `test` was asked for.
   */
  form: "single" | "first" | "summary" | "quiet" | "held_back" | "test";
  severity: Severity;
  /** One line. */
  title: string;
  text: string;
  details: Readonly<Record<string, string>>;
  /** Of the event, or of one that stands for all. */
  type: string;
  source: string;
  eventId: string;
  correlationId: string;
  /** Over all notifications that were sent, failed or were replaced by a later one, the sum is that of the events. */
  count: number;
  firstAt: Micros;
  lastAt: Micros;
}

/** Longer texts are cut: a notification points to an event, it is no copy of it. */
export const NOTIFICATION_LIMITS = { title: 250, text: 2_500, detail: 300, incident: 255 } as const;

/** The notification of one event to one channel. Of a payload that is not as it should be, what can be read is told. */
export function notificationOf(event: Event, { handling, severity }: Page, channel: string): Notification {
  const payload = payloadOf(event);
  const time = timeOf(event);
  return {
    dedupKey: dedupKeyOf(channel, identityOf(event)),
    incident: incidentOf(event),
    action: handling === "acknowledges" ? "acknowledge" : handling === "resolves" ? "resolve" : "trigger",
    form: handling === "grouped" ? "first" : "single",
    severity,
    title: cut(oneLine(titleOf(event, payload)), NOTIFICATION_LIMITS.title),
    text: cut(textIn(payload, "message") ?? textIn(payload, "description") ?? "", NOTIFICATION_LIMITS.text),
    details: detailsOf(payload),
    type: event.type,
    source: event.source,
    eventId: event.id,
    correlationId: event.correlation_id,
    count: 1,
    firstAt: time,
    lastAt: time,
  };
}

/** Errors of one source, type, kind and endpoint are one group, whatever their messages say. */
export function groupKeyOf(event: Event): string {
  const payload = payloadOf(event);
  const parts = [event.source, event.type, textIn(payload, "error_type"), textIn(payload, "endpoint")];
  return sha256(JSON.stringify(parts)).toString("hex", 0, 16);
}

/** The channels that an event names for itself, as alert rules do. */
export function channelsNamedBy(event: Event): string[] {
  const named = fieldsOf(event.data).notification_channels;
  return Array.isArray(named) ? named.filter((name) => typeof name === "string") : [];
}

export const dedupKeyOf = (channel: string, what: string): string =>
  `ntf_${sha256(`${channel}\n${what}`).toString("hex", 0, 16)}`;

export const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, "")}…`;

/** Whatever would break a subject, a header or a title. */
export const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, " ").trim();

/** An alert's own id, whoever reports on it; any other event is a matter of its own. */
export function incidentOf(event: Event): string {
  const alert = event.type.startsWith("alert.") ? textIn(payloadOf(event), "alert_id") : undefined;
  const key = alert === undefined ? identityOf(event) : `alert ${oneLine(alert)}`;
  return key.length <= NOTIFICATION_LIMITS.incident ? key : sha256(key).toString("hex");
}

function titleOf({ type, source }: Event, payload: Payload): string {
  const field = (name: string) => textIn(payload, name);
  const device = field("device_id");
  const where = device === undefined ? "" : ` on ${device}`;
  const alert = `${field("rule_name") ?? field("title") ?? field("rule_id") ?? field("alert_id") ?? "alert"}${where}`;
  switch (type) {
    case "alert.triggered":
      return alert;
    case "alert.acknowledged":
      return `Acknowledged: ${alert}`;
    case "alert.resolved":
      return `Resolved: ${alert}`;
    case "api.error":
      return `${field("error_type") ?? "Error"} at ${field("endpoint") ?? source}: ${field("message") ?? "no message"}`;
    case "edge.disk.low":
      return `Disk is filling up${where || ` at ${source}`}`;
    case "edge.data.dropped":
      return `Data was dropped${where || ` at ${source}`}`;
    default:
      return `${type}${where || ` from ${source}`}`;
  }
}

/** Beside title and text; a stack trace is for the logs, where the correlation id finds it. */
const shown = [
  ...[
    "rule_id",
    "device_id",
    "metric_name",
    "condition",
    "threshold_value",
    "current_value",
    "value",
    "status",
  ],
  ...["triggered_at", "acknowledged_by", "resolved_by", "resolution_note", "note"],
  ...["error_type", "endpoint", "method", "duration_ms", "service", "environment"],
  ...["path", "used_percent", "used_bytes", "free_bytes", "count", "dropped", "bytes", "reason", "buffer"],
] as const;

function detailsOf(payload: Payload): Record<string, string> {
  const details: Record<string, string> = {};
  for (const name of shown) {
    const text = textIn(payload, name);
    if (text !== undefined && text !== "") details[name] = cut(oneLine(text), NOTIFICATION_LIMITS.detail);
  }
  return details;
}

/** By canonical names where the table of payloads knows the type and takes the event, and as sent otherwise. */
function payloadOf(event: Event): Payload {
  const fields = fieldsOf(event.data);
  try {
    return { ...fields, ...readPayload(event) };
  } catch {
    return fields;
  }
}

const fieldsOf = (data: unknown): Payload =>
  typeof data === "object" && data !== null && !Array.isArray(data) ? (data as Payload) : {};

function textIn(payload: Payload, name: string): string | undefined {
  const value = Object.hasOwn(payload, name) ? payload[name] : undefined;
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
