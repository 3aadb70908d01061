import { credential } from "./session.ts";

// The last values of what is polled, for as long as the tab lives: whoever comes back to a view sees how it went.

interface Kept {
  values: readonly (number | null)[];
  at: number;
}

const histories = new Map<string, Kept>();
credential.subscribe(() => histories.clear());

const MOST = 120;
/** Nobody looked, or no answer came: the line breaks. */
const GAP_MS = 90_000;

/** The history of a name with its newest value, once for each answer. */
export function withHistory(
  name: string,
  value: number | null | undefined,
  answeredAt: number | undefined,
): readonly (number | null)[] {
  const before = histories.get(name);
  if (value === undefined || answeredAt === undefined || before?.at === answeredAt)
    return before?.values ?? [];
  const gap = before && answeredAt - before.at > GAP_MS ? [null] : [];
  const values = [...(before?.values ?? []), ...gap, value].slice(-MOST);
  histories.set(name, { values, at: answeredAt });
  return values;
}
