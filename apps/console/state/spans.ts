const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** Spans up to now, by the word that the URL has. */
export const spans = {
  "15m": { label: "Last 15 minutes", ms: 15 * MINUTE_MS },
  "1h": { label: "Last hour", ms: 60 * MINUTE_MS },
  "6h": { label: "Last 6 hours", ms: 360 * MINUTE_MS },
  "24h": { label: "Last 24 hours", ms: DAY_MS },
  "7d": { label: "Last 7 days", ms: 7 * DAY_MS },
  "30d": { label: "Last 30 days", ms: 30 * DAY_MS },
  "90d": { label: "Last 90 days", ms: 90 * DAY_MS },
  "365d": { label: "Last year", ms: 365 * DAY_MS },
} as const;

export type Span = keyof typeof spans;

export const isSpan = (word: string): word is Span => Object.hasOwn(spans, word);

/** When it begins, to the minute: so that it is the same question for a minute. */
export const startOf = (span: Span, now = Date.now()): string =>
  new Date(Math.floor((now - spans[span].ms) / MINUTE_MS) * MINUTE_MS).toISOString();
