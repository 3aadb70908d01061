import { cut, dedupKeyOf, NOTIFICATION_LIMITS, type Notification } from "./notification.ts";
import { moreSevere, type Severity } from "./paging.ts";
import { formatTime, MICROS_PER_SECOND, type Micros } from "./time.ts";

// A group is what one channel is told of errors of one kind. The first is told at once and opens a window. What comes
// within the window is counted; when it ends, one summary tells of it and a longer window begins. A window in which
// nothing came ends the group: what comes later is a first again. Every event is told of once, by itself or in a
// summary's count.

export interface Group {
  channel: string;
  key: string;
  /** Of the episode, from its first event to a quiet window: the next one is another matter. */
  incident: string;
  windowMicros: Micros;
  windowEndsAt: Micros;
  /** Since the last that was told. */
  held: number;
  heldSeverity: Severity;
  heldFirstAt: Micros;
  heldLastAt: Micros;
  /** Over the whole episode, what is held included. */
  total: number;
  firstAt: Micros;
  /** The newest. */
  sample: Notification;
}

export const grouping = {
  firstWindowMicros: 5 * 60 * MICROS_PER_SECOND,
  /** Each window is so many times as long as the one before it, */
  growth: 2,
  /** up to this. */
  longestWindowMicros: 60 * 60 * MICROS_PER_SECOND,
} as const;

/** One more of a group's kind. @returns the group as it is then, and what is to be told now, if anything */
export function addToGroup(
  group: Group | undefined,
  { channel, key }: Pick<Group, "channel" | "key">,
  notification: Notification,
  now: Micros,
): { group: Group; tell?: Notification } {
  if (group) return { group: held(group, notification) };
  const { firstAt, severity, lastAt } = notification;
  const incident = dedupKeyOf(channel, `${key} ${notification.dedupKey}`);
  const first: Notification = { ...notification, incident, form: "first" };
  const opened: Group = {
    channel,
    key,
    incident,
    windowMicros: grouping.firstWindowMicros,
    windowEndsAt: now + grouping.firstWindowMicros,
    held: 0,
    heldSeverity: severity,
    heldFirstAt: firstAt,
    heldLastAt: lastAt,
    total: 1,
    firstAt,
    sample: first,
  };
  return { group: opened, tell: first };
}

/** The window's end. @returns the group for the next window, or none; and what is to be told */
export function endWindow(group: Group, now: Micros): { group?: Group; tell: Notification } {
  if (group.held === 0) return { tell: quiet(group) };
  const windowMicros = Math.min(group.windowMicros * grouping.growth, grouping.longestWindowMicros);
  return {
    group: { ...group, windowMicros, windowEndsAt: now + windowMicros, held: 0 },
    tell: summary(group),
  };
}

function held(group: Group, notification: Notification): Group {
  const { severity, firstAt, lastAt } = notification;
  const begins = group.held === 0;
  return {
    ...group,
    held: group.held + 1,
    heldSeverity: begins ? severity : moreSevere(group.heldSeverity, severity),
    heldFirstAt: begins ? firstAt : Math.min(group.heldFirstAt, firstAt),
    heldLastAt: begins ? lastAt : Math.max(group.heldLastAt, lastAt),
    total: group.total + 1,
    firstAt: Math.min(group.firstAt, firstAt),
    sample: { ...notification, incident: group.incident },
  };
}

function summary(group: Group): Notification {
  const { sample, held, heldFirstAt, heldLastAt, total } = group;
  return {
    ...sample,
    dedupKey: dedupKeyOf(group.channel, `${group.incident} ${group.windowEndsAt}`),
    form: "summary",
    severity: group.heldSeverity,
    title: cut(`${held} more: ${sample.title}`, NOTIFICATION_LIMITS.title),
    text: cut(
      `${held} more between ${formatTime(heldFirstAt)} and ${formatTime(heldLastAt)}, ${total} in all. The latest: ${sample.text || sample.title}`,
      NOTIFICATION_LIMITS.text,
    ),
    count: held,
    firstAt: heldFirstAt,
    lastAt: heldLastAt,
  };
}

function quiet(group: Group): Notification {
  const { sample, total, firstAt } = group;
  const minutes = Math.round(group.windowMicros / (60 * MICROS_PER_SECOND));
  return {
    ...sample,
    dedupKey: dedupKeyOf(group.channel, `${group.incident} quiet`),
    form: "quiet",
    action: "resolve",
    title: cut(`Quiet again: ${sample.title}`, NOTIFICATION_LIMITS.title),
    text: `None for ${minutes} minutes, ${total} in all.`,
    count: 0,
    firstAt,
  };
}
