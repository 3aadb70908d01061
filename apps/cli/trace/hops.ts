import { identityOf } from "../../../layers/core/envelope.ts";
import { parentsOf } from "../../../layers/core/lineage.ts";
import { exchangeOf } from "../../../layers/core/payloads.ts";
import { MICROS_PER_MS, MICROS_PER_SECOND, type Micros, parseTime } from "../../../layers/core/time.ts";
import { matches } from "../../../layers/topology/patterns.ts";
import { topology } from "../../../layers/topology/topology.ts";
import type { Found, TracedDeadLetter, TracedEvent } from "./answers.ts";

/** Something that happened to an event, or was logged, at a time. */
export interface Hop {
  /** RFC 3339. */
  time: string;
  what: "published" | "archived" | "audited" | "failed" | "dead" | "replayed" | "discarded" | "logged";
  /** `source#id`; none of a log entry that is no event. */
  event?: string;
  /** How many generations of events of this trace came before. */
  depth: number;
  /** The rest of the story, for people. */
  text: string;
}

/** The story of a correlation id in the order in which it happened. */
export function hopsOf({ events, audited, deadLetters, logs }: Found): Hop[] {
  const depths = depthsOf(events);
  const depthOf = (source: string | null, id: string | null) =>
    source !== null && id !== null ? (depths.get(identityOf({ source, id })) ?? 0) : 0;
  const hops: Hop[] = [
    ...events.flatMap((traced) => eventHops(traced, depthOf(traced.event.source, traced.event.id))),
    ...audited.map(({ source, id, position, recorded_at }): Hop => {
      const text = `as entry ${position} of the audit`;
      return {
        time: recorded_at,
        what: "audited",
        event: `${source}#${id}`,
        depth: depthOf(source, id),
        text,
      };
    }),
    ...deadLetters.flatMap((letter) => deadLetterHops(letter, depthOf(letter.source, letter.event_id))),
    ...logs.map(({ timestamp, service, level, message, attributes }): Hop => {
      const { event_id: id } = attributes;
      const depth = typeof id === "string" ? depthOf(service, id) : 0;
      return { time: timestamp, what: "logged", depth, text: `${level} ${service}: ${message}` };
    }),
  ];
  return hops.sort((a, b) => (parseTime(a.time) ?? 0) - (parseTime(b.time) ?? 0));
}

function eventHops({ event, archived_at }: TracedEvent, depth: number): Hop[] {
  const name = `${event.source}#${event.id}`;
  const parents = parentsOf(event).map(({ source, id }) => `${source}#${id}`);
  const after = parents.length > 0 ? `, after ${parents.join(", ")}` : "";
  const took = (parseTime(archived_at) ?? 0) - (parseTime(event.time) ?? 0);
  const route = `${event.type} on ${exchangeOf(event.type)} → ${queuesOf(event.type).join(", ")}`;
  return [
    { time: event.time, what: "published", event: name, depth, text: `${route}${after}` },
    { time: archived_at, what: "archived", event: name, depth, text: `${inWords(took)} after its own time` },
  ];
}

function deadLetterHops(letter: TracedDeadLetter, depth: number): Hop[] {
  const { queue, source, event_id, error, last_died_at, replayed_at, discarded_at, attempts } = letter;
  const event = source !== null && event_id !== null ? `${source}#${event_id}` : undefined;
  const hop = (time: string, what: Hop["what"], text: string): Hop => ({ time, what, event, depth, text });
  return [
    ...attempts.map(({ at, message }, i) => hop(at, "failed", `attempt ${i + 1} in ${queue}: ${message}`)),
    hop(last_died_at, "dead", `in ${queue}: ${error.code}: ${error.message} (${letter.id})`),
    ...(replayed_at === null ? [] : [hop(replayed_at, "replayed", `to ${queue}`)]),
    ...(discarded_at === null ? [] : [hop(discarded_at, "discarded", letter.id)]),
  ];
}

const units = [
  ["d", 86_400 * MICROS_PER_SECOND],
  ["h", 3_600 * MICROS_PER_SECOND],
  ["min", 60 * MICROS_PER_SECOND],
  ["s", MICROS_PER_SECOND],
] as const;

/** In the largest unit of which there are at least two. */
function inWords(duration: Micros): string {
  const [unit, micros] = units.find(([, each]) => Math.abs(duration) >= 2 * each) ?? ["ms", MICROS_PER_MS];
  return `${Math.round(duration / micros)} ${unit}`;
}

/** The platform's queues that the table routes a type to; a subscriber's own are not in it. */
export function queuesOf(type: string): string[] {
  const { queues, bindings } = topology();
  const exchange = exchangeOf(type);
  const bound = new Set(
    bindings
      .filter((each) => each.exchange === exchange && matches(each.key, type))
      .map(({ queue }) => queue),
  );
  return queues.filter(({ name, enabled }) => enabled && bound.has(name)).map(({ name }) => name);
}

/** How many generations stand above each event, by identity. In a circle the first that is met is the oldest. */
function depthsOf(events: readonly TracedEvent[]): Map<string, number> {
  const byIdentity = new Map(events.map(({ event }) => [identityOf(event), event]));
  const depths = new Map<string, number>();
  const depthOf = (identity: string): number => {
    const known = depths.get(identity);
    if (known !== undefined) return known;
    const event = byIdentity.get(identity);
    if (!event) return -1;
    depths.set(identity, 0);
    const depth = Math.max(-1, ...parentsOf(event).map((parent) => depthOf(identityOf(parent)))) + 1;
    depths.set(identity, depth);
    return depth;
  };
  for (const identity of byIdentity.keys()) depthOf(identity);
  return depths;
}
