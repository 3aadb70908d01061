import { cut, dedupKeyOf, NOTIFICATION_LIMITS, type Notification } from "./notification.ts";
import { isLess, moreSevere } from "./paging.ts";

// A channel's ceiling: so many messages a minute and no more. What is beyond it is folded into one message that says
// how much it stands for. Nothing is dropped: the counts of what was folded are the count of that message.

/** A notification that is due, as the plan needs to know it. */
export interface Waiting {
  id: number;
  /** Tries so far. What may have arrived already is not folded into something else. */
  attempts: number;
  /** Follow-ups that page nobody are not held back: they only make things quieter. */
  metered: boolean;
  notification: Notification;
}

export interface Plan<Due extends Waiting> {
  send: readonly Due[];
  /** Two at least, or none. */
  fold: readonly Due[];
}

/**
 * What of a channel's due notifications is sent now, in their order, when `budget` messages are left to it: all if
 * they fit; else the most severe, and one place is kept for the message that the others are folded into.
 */
export function planSending<Due extends Waiting>(due: readonly Due[], budget: number): Plan<Due> {
  const metered = due.filter((each) => each.metered);
  if (metered.length <= budget) return { send: due, fold: [] };
  const ranked = metered.toSorted(bySeverity);
  const folded = budget < 1 ? [] : ranked.slice(budget - 1).filter(({ attempts }) => attempts === 0);
  const fold = folded.length < 2 ? [] : folded;
  const kept = new Set(ranked.slice(0, Math.max(0, fold.length > 0 ? budget - 1 : budget)));
  return { send: due.filter((each) => !each.metered || kept.has(each)), fold };
}

/** The message that stands for others. @param folded at least one */
export function heldBack(channel: string, folded: readonly Waiting[]): Notification {
  const all = folded.map(({ notification }) => notification);
  const count = all.reduce((sum, each) => sum + each.count, 0);
  const worst = all.reduce((one, other) => (isLess(one.severity, other.severity) ? other : one));
  const key = dedupKeyOf(channel, `held back ${folded.map(({ id }) => id).join()}`);
  return {
    ...worst,
    dedupKey: key,
    incident: key,
    action: "trigger",
    form: "held_back",
    severity: all.map(({ severity }) => severity).reduce(moreSevere),
    title: `${folded.length} more notifications were held back`,
    text: cut(`They stand for ${count} events. ${topTitles(all)}`, NOTIFICATION_LIMITS.text),
    details: {},
    count,
    firstAt: all.reduce((least, { firstAt }) => Math.min(least, firstAt), Number.POSITIVE_INFINITY),
    lastAt: all.reduce((most, { lastAt }) => Math.max(most, lastAt), 0),
  };
}

/** Of two that are as severe the one that may have arrived already goes first, then the older one. */
function bySeverity(one: Waiting, other: Waiting): number {
  const [a, b] = [one.notification.severity, other.notification.severity];
  if (a !== b) return isLess(a, b) ? 1 : -1;
  return Number(other.attempts > 0) - Number(one.attempts > 0) || one.id - other.id;
}

const MOST_TITLES = 10;

function topTitles(all: readonly Notification[]): string {
  const counts = new Map<string, number>();
  for (const { title, count } of all) counts.set(title, (counts.get(title) ?? 0) + count);
  const sorted = [...counts].sort(([, one], [, other]) => other - one);
  const lines = sorted.slice(0, MOST_TITLES).map(([title, count]) => `${count} × ${title}`);
  if (sorted.length > MOST_TITLES) lines.push(`and ${sorted.length - MOST_TITLES} other kinds`);
  return `Among them:\n${lines.join("\n")}`;
}
