import { cut, type Notification, oneLine } from "../core/notification.ts";
import { formatTime } from "../core/time.ts";

// Slack's incoming webhooks ("Sending messages using incoming webhooks", docs.slack.dev). They know no deduplication:
// a message whose answer was lost is posted twice. The end of its key stands below it, for people to see.

/** "Block Kit: header" and "section"; of a section's fields ten at most. */
const LIMITS = { header: 150, text: 3_000, field: 2_000, fields: 10 } as const;

const signs: Readonly<Record<Notification["severity"], string>> = {
  info: "ℹ️",
  warning: "⚠️",
  error: "❌",
  critical: "🔥",
  emergency: "🚨",
};

export function slackMessage(notification: Notification): object {
  const { title, text, details } = notification;
  const heading = `${signOf(notification)} ${oneLine(title)}`;
  const fields = Object.entries(details)
    .slice(0, LIMITS.fields)
    .map(([name, value]) => mrkdwn(`${name}: ${value}`, LIMITS.field));
  return {
    // What notifications and readers without blocks show.
    text: escaped(heading, LIMITS.text),
    blocks: [
      { type: "header", text: { type: "plain_text", text: cut(heading, LIMITS.header), emoji: false } },
      ...(text ? [{ type: "section", text: mrkdwn(text, LIMITS.text) }] : []),
      ...(fields.length > 0 ? [{ type: "section", fields }] : []),
      { type: "context", elements: [mrkdwn(footer(notification), LIMITS.field)] },
    ],
  };
}

const signOf = ({ action, severity }: Notification): string =>
  action === "resolve" ? "✅" : action === "acknowledge" ? "👀" : signs[severity];

const mrkdwn = (text: string, length: number) => ({
  type: "mrkdwn",
  text: escaped(text, length),
  // Names and links that happen to stand in a message address nobody.
  verbatim: true,
});

function footer({ severity, type, source, lastAt, correlationId, dedupKey }: Notification): string {
  return [
    severity,
    type,
    source,
    formatTime(lastAt),
    `correlation ${correlationId}`,
    dedupKey.slice(-8),
  ].join(" · ");
}

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** The three characters that Slack reads ("Formatting message text"), and no half of an escape at the end. */
export function escaped(text: string, length: number): string {
  let out = "";
  for (const character of text.toWellFormed()) {
    const next = escapes[character] ?? character;
    if (out.length + next.length > length - 1) return `${out}…`;
    out += next;
  }
  return out;
}
