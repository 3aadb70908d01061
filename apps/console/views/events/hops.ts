import type { Operations } from "../../api/operations.ts";
import { deadLetterHref, eventHref } from "../links.ts";
import { nameOf } from "./event.ts";

type Answer<Id extends keyof Operations> = Operations[Id]["answer"];

export interface TracedLetter {
  letter: Answer<"listDeadLetters">["dead_letters"][number];
  attempts: Answer<"showDeadLetter">["attempts"];
}

/** All that the platform knows under a correlation id. */
export interface Found {
  events: Answer<"searchEvents">["events"];
  audited: Answer<"listAudit">["entries"];
  letters: readonly TracedLetter[];
  logs: Answer<"searchLogs">["entries"];
}

export type HopKind =
  | "published"
  | "archived"
  | "audited"
  | "failed"
  | "dead"
  | "replayed"
  | "discarded"
  | "logged";

/** Something that happened to an event, or was logged, at a time. */
export interface Hop {
  /** RFC 3339. */
  time: string;
  /** Milliseconds since the Unix epoch. */
  at: number;
  /** When that began which ended here: the event's own time, or the attempt before. */
  since: number | undefined;
  kind: HopKind;
  /** What it is of: a type, a queue, a service. */
  subject: string;
  /** The rest of the story. */
  text: string;
  /** Of logs. */
  level?: string;
  href?: string;
}

/** The story of a correlation id in the order in which it happened. */
export function hopsOf({ events, audited, letters, logs }: Found): Hop[] {
  const times = new Map(events.map(({ event }) => [nameOf(event), Date.parse(event.time)]));
  const hops: Hop[] = [
    ...events.flatMap(({ event, archived_at }) => [
      hop(event.time, "published", event.type, nameOf(event), { href: eventHref(event) }),
      hop(archived_at, "archived", event.type, nameOf(event), {
        since: Date.parse(event.time),
        href: eventHref(event),
      }),
    ]),
    ...audited.map((entry) => {
      const since = times.get(nameOf(entry));
      const words = `${nameOf(entry)}, entry ${entry.position}`;
      return hop(entry.recorded_at, "audited", entry.type, words, {
        since,
        href: `/audit/${entry.position}`,
      });
    }),
    ...letters.flatMap((traced) => letterHops(traced, times)),
    ...logs.map(({ timestamp, service, level, message }) =>
      hop(timestamp, "logged", service, message, { level }),
    ),
  ];
  return hops.sort((a, b) => a.at - b.at);
}

interface More {
  since?: number | undefined;
  href?: string;
  level?: string;
}

const hop = (
  time: string,
  kind: HopKind,
  subject: string,
  text: string,
  { since, ...more }: More = {},
): Hop => ({
  time,
  at: Date.parse(time),
  since,
  kind,
  subject,
  text,
  ...more,
});

function letterHops({ letter, attempts }: TracedLetter, times: ReadonlyMap<string, number>): Hop[] {
  const { id, queue, source, event_id, error, last_died_at, replayed_at, discarded_at } = letter;
  const href = deadLetterHref(id);
  const published =
    source !== null && event_id !== null ? times.get(nameOf({ source, id: event_id })) : undefined;
  const begun = (i: number): number | undefined => {
    const before = attempts[i - 1];
    return before ? Date.parse(before.at) : published;
  };
  return [
    ...attempts.map(({ at, message }, i) =>
      hop(at, "failed", queue, `attempt ${i + 1}: ${message}`, { href, since: begun(i) }),
    ),
    hop(last_died_at, "dead", queue, `${error.code}: ${error.message}`, { href, since: published }),
    ...(replayed_at === null
      ? []
      : [hop(replayed_at, "replayed", queue, "sent back to its queue", { href })]),
    ...(discarded_at === null ? [] : [hop(discarded_at, "discarded", queue, letter.note ?? "", { href })]),
  ];
}

/**
 * Where moments stand between 0 and 1. With `squeeze`, no pause takes more room than a few of the usual ones: what
 * took milliseconds stays visible beside a replay of the next day.
 */
export function scaleOf(moments: readonly number[], squeeze: boolean): (moment: number) => number {
  const sorted = [...new Set(moments)].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((moment, i) => moment - (sorted[i] ?? moment));
  const most = squeeze ? mostOf(gaps) : Number.POSITIVE_INFINITY;
  const places = [0];
  for (const gap of gaps) places.push((places.at(-1) ?? 0) + Math.min(gap, most));
  const whole = places.at(-1) || 1;
  const placeOf = new Map(sorted.map((moment, i) => [moment, (places[i] ?? 0) / whole]));
  return (moment) => placeOf.get(moment) ?? 0;
}

const USUAL_PAUSES = 8;

function mostOf(gaps: readonly number[]): number {
  const sorted = [...gaps].sort((a, b) => a - b);
  return USUAL_PAUSES * (sorted[Math.floor(sorted.length / 2)] ?? 0) || Number.POSITIVE_INFINITY;
}
