import { cut, type Notification, oneLine } from "../core/notification.ts";
import { formatTime } from "../core/time.ts";
import type { Mail } from "./mailer.ts";

const LONGEST_SUBJECT = 200;

export function mailOf(to: readonly string[], notification: Notification): Mail {
  const { title, text, dedupKey } = notification;
  const rows = rowsOf(notification);
  return {
    to,
    subject: cut(oneLine(`[${labelOf(notification)}] ${title}`), LONGEST_SUBJECT),
    text: [
      title,
      "",
      ...(text ? [text, ""] : []),
      ...rows.map(([name, value]) => `${name}: ${value}`),
      "",
    ].join("\n"),
    html: htmlOf(title, text, rows),
    dedupKey,
  };
}

const labelOf = ({ action, severity }: Notification): string =>
  action === "resolve" ? "RESOLVED" : action === "acknowledge" ? "ACKNOWLEDGED" : severity.toUpperCase();

function rowsOf(notification: Notification): [string, string][] {
  const { details, severity, type, source, count, firstAt, lastAt, correlationId, eventId, dedupKey } =
    notification;
  return [
    ...Object.entries(details),
    ["severity", severity],
    ["type", type],
    ["source", source],
    ["events", String(count)],
    ["first", formatTime(firstAt)],
    ["last", formatTime(lastAt)],
    ["event id", eventId],
    ["correlation id", correlationId],
    ["notification", dedupKey],
  ];
}

function htmlOf(title: string, text: string, rows: readonly (readonly [string, string])[]): string {
  const cells = rows.map(
    ([name, value]) => `<tr><th align="left">${html(name)}</th><td>${html(value)}</td></tr>`,
  );
  const paragraph = text ? `<p style="white-space:pre-wrap">${html(text)}</p>` : "";
  return `<!doctype html><html><body><h2>${html(title)}</h2>${paragraph}<table>${cells.join("")}</table></body></html>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const html = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
