import { identityOf, timeOf } from "../../layers/core/envelope.ts";
import { type EventIdentity, parentsOf } from "../../layers/core/lineage.ts";
import type { ArchivedEvent, EventArchive } from "../../layers/storage/logs/port.ts";

export interface ChainLimits {
  /** How many generations up, and how many down. */
  maxDepth: number;
  /** Events in all, at most 1,000. */
  maxEvents: number;
}

/** An event of a chain. */
export interface Link {
  /** 0 is the event that was asked for; its parents are at -1, its children at 1. */
  depth: number;
  archived: ArchivedEvent;
}

export interface Chain {
  /** The oldest generation first, and each in the order of the events' own times. Every event once. */
  links: Link[];
  /** What is named as a parent and not in the archive (yet, or any more). */
  missing: (EventIdentity & { depth: number })[];
  /** There is more than the limits allow. */
  truncated: boolean;
}

type Archive = Pick<EventArchive, "find" | "childrenOf">;

interface Walk extends ChainLimits {
  archive: Archive;
  known: Map<string, Link>;
  missing: Chain["missing"];
  truncated: boolean;
}

/**
 * The ancestors and the descendants of an event, a generation per look-up. Events that name each other in a circle
 * are walked once.
 */
export async function chainOf(start: ArchivedEvent, archive: Archive, limits: ChainLimits): Promise<Chain> {
  const known = new Map([[identityOf(start.event), { depth: 0, archived: start }]]);
  const walk: Walk = { ...limits, archive, known, missing: [], truncated: false };
  await walkGenerations(walk, start, -1, parentsOfGeneration);
  await walkGenerations(walk, start, 1, childrenOfGeneration);
  const links = [...known.values()].sort((a, b) => a.depth - b.depth || timeIn(a) - timeIn(b));
  return { links, missing: walk.missing, truncated: walk.truncated };
}

const timeIn = ({ archived }: Link): number => timeOf(archived.event);

type NextGeneration = (
  walk: Walk,
  generation: readonly ArchivedEvent[],
  depth: number,
) => Promise<ArchivedEvent[]>;

async function walkGenerations(
  walk: Walk,
  start: ArchivedEvent,
  step: 1 | -1,
  next: NextGeneration,
): Promise<void> {
  // An ancestor may be a descendant, too: it is known then, and yet what follows from it is not.
  const walked = new Set([identityOf(start.event)]);
  let generation = [start];
  for (let depth = step; generation.length > 0; depth += step) {
    const found = await next(walk, generation, depth);
    generation = [];
    for (const archived of found) {
      const identity = identityOf(archived.event);
      if (walked.has(identity)) continue;
      walked.add(identity);
      generation.push(archived);
      if (walk.known.has(identity)) continue;
      if (Math.abs(depth) > walk.maxDepth || walk.known.size >= walk.maxEvents) {
        walk.truncated = true;
        return;
      }
      walk.known.set(identity, { depth, archived });
    }
  }
}

async function parentsOfGeneration(
  { archive, known, missing, maxDepth, maxEvents }: Walk,
  generation: readonly ArchivedEvent[],
  depth: number,
): Promise<ArchivedEvent[]> {
  const named = new Map(
    generation
      .flatMap(({ event }) => parentsOf(event))
      .map((parent) => [identityOf(parent), parent] as const),
  );
  const unknown = [...named].filter(([identity]) => !known.has(identity)).map(([, parent]) => parent);
  // One more than can be kept, so that it shows that there are more.
  const asked = unknown.slice(0, maxEvents);
  const found = asked.length > 0 ? await archive.find(asked) : [];
  if (-depth <= maxDepth) {
    const there = new Set(found.map(({ event }) => identityOf(event)));
    missing.push(
      ...asked.filter((parent) => !there.has(identityOf(parent))).map((parent) => ({ ...parent, depth })),
    );
  }
  return found;
}

/** Enough that, were all that are known among them, an unknown one would still be. */
const childrenOfGeneration: NextGeneration = ({ archive, known, maxEvents }, generation) =>
  archive.childrenOf(
    generation.map(({ event: { source, id } }) => ({ source, id })),
    known.size + maxEvents + 1,
  );
