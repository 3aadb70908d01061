import type { Operations } from "../../api/operations.ts";
import { type ArchivedEvent, nameOf } from "./event.ts";

export type Chain = Operations["showChain"]["answer"];

/** A line of the drawn chain. */
export interface Row {
  /** `source#id`. */
  name: string;
  /** None of what is named as a parent and not in the archive. */
  archived: ArchivedEvent | undefined;
  /** The lane that its dot stands in, from 0 at the left. */
  lane: number;
  /** Lanes whose line goes on past this row. */
  passing: readonly number[];
  /** The lane that its line comes from; none of a root. */
  from: number | undefined;
  /** The line goes on below the dot, to an effect in the same lane or further right. */
  goesOn: boolean;
  /** Milliseconds after the event that it is drawn under. */
  delayMs: number | undefined;
  /** Further parents, under which it is not drawn. */
  alsoAfter: readonly string[];
  /** How many effects it has, and how many of them are folded away below it. */
  effects: number;
  folded: number;
}

interface Node {
  name: string;
  archived: ArchivedEvent | undefined;
  parents: readonly string[];
  children: Node[];
}

export interface Folding {
  /** Whose effects are not drawn. */
  closed: ReadonlySet<string>;
  /** Whose effects are all drawn, however many. */
  whole: ReadonlySet<string>;
  /** How many effects are drawn of one event otherwise. */
  most: number;
}

/**
 * A chain as lines to draw, causes above effects. An only effect stands in the lane of its cause, so that a long
 * chain stays narrow; one of several goes a lane to the right. What follows from several events is drawn once, under
 * the one it followed last.
 */
export function rowsOf(chain: Chain, folding: Folding): Row[] {
  const rows: Row[] = [];
  const roots = rootsOf(chain);
  // No recursion: a chain may be as deep as the API allows, and cost nothing.
  const waiting: Waiting[] = roots
    .map((node): Waiting => ({ node, parent: undefined, lane: 0, from: undefined, passing: [] }))
    .reverse();
  const drawn = new Set<string>();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node } = next;
    if (drawn.has(node.name)) continue;
    drawn.add(node.name);
    const effects = node.children.filter(({ name }) => !drawn.has(name));
    const shown = folding.closed.has(node.name)
      ? []
      : folding.whole.has(node.name)
        ? effects
        : effects.slice(0, folding.most);
    rows.push(rowOf(next, effects.length, shown.length));
    waiting.push(...waitingBelow(next, shown).reverse());
  }
  return rows;
}

interface Waiting {
  node: Node;
  parent: Node | undefined;
  lane: number;
  from: number | undefined;
  passing: readonly number[];
}

function rowOf({ node, parent, lane, from, passing }: Waiting, effects: number, shown: number): Row {
  const { name, archived, parents } = node;
  return {
    ...{ name, archived, lane, from, passing, effects },
    goesOn: shown > 0,
    delayMs: delayBetween(parent, node),
    alsoAfter: parents.filter((each) => each !== parent?.name),
    folded: effects - shown,
  };
}

function waitingBelow({ node, lane, passing }: Waiting, shown: readonly Node[]): Waiting[] {
  const isOnly = shown.length === 1;
  return shown.map((child, i) => ({
    node: child,
    parent: node,
    lane: isOnly ? lane : lane + 1,
    from: lane,
    // The line down the cause's lane goes past all its effects but the last.
    passing: isOnly || i === shown.length - 1 ? passing : [...passing, lane],
  }));
}

function delayBetween(parent: Node | undefined, { archived }: Node): number | undefined {
  if (!parent?.archived || !archived) return undefined;
  return Date.parse(archived.event.time) - Date.parse(parent.archived.event.time);
}

function rootsOf({ events, missing }: Chain): Node[] {
  const nodes = new Map<string, Node>();
  for (const absent of missing) {
    const name = nameOf(absent);
    nodes.set(name, { name, archived: undefined, parents: [], children: [] });
  }
  for (const { parents, ...archived } of events) {
    const name = nameOf(archived.event);
    nodes.set(name, { name, archived, parents, children: [] });
  }
  const under = new Set<string>();
  for (const node of nodes.values()) {
    const parent = latestOf(
      node.parents.flatMap((name) => nodes.get(name) ?? []),
      node,
    );
    if (!parent) continue;
    parent.children.push(node);
    under.add(node.name);
  }
  const roots = [...nodes.values()].filter(({ name }) => !under.has(name));
  // Events that name each other in a circle have no root: the first of them is one.
  const reached = reachedFrom(roots);
  for (const node of nodes.values()) {
    if (reached.has(node.name)) continue;
    roots.push(node);
    for (const name of reachedFrom([node])) reached.add(name);
  }
  return roots;
}

function reachedFrom(roots: readonly Node[]): Set<string> {
  const reached = new Set<string>();
  const waiting = [...roots];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (reached.has(node.name)) continue;
    reached.add(node.name);
    waiting.push(...node.children);
  }
  return reached;
}

const timeOf = ({ archived }: Node): number => (archived ? Date.parse(archived.event.time) : 0);

function latestOf(parents: readonly Node[], self: Node): Node | undefined {
  return parents
    .filter((parent) => parent !== self)
    .reduce<Node | undefined>(
      (latest, parent) => (latest && timeOf(latest) >= timeOf(parent) ? latest : parent),
      undefined,
    );
}
