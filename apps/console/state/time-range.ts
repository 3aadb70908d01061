const HOUR_MS = 3_600_000;

/** Ranges that end now, by the words that stand in the URL. */
export const ranges = {
  "1h": { label: "Last hour", ms: HOUR_MS },
  "24h": { label: "Last 24 hours", ms: 24 * HOUR_MS },
  "7d": { label: "Last 7 days", ms: 7 * 24 * HOUR_MS },
  "30d": { label: "Last 30 days", ms: 30 * 24 * HOUR_MS },
} as const;

export type RangeName = keyof typeof ranges;

export const isRangeName = (word: string): word is RangeName => Object.hasOwn(ranges, word);

const MINUTE_MS = 60_000;

/** When it begins, to the minute: so that it is the same question for a minute. */
export const startOf = (name: RangeName, now = Date.now()): string =>
  new Date(Math.floor((now - ranges[name].ms) / MINUTE_MS) * MINUTE_MS).toISOString();
