import type { Bench } from "./bench.ts";

/** One thing that is said about the platform's speed, measured beside a floor where there is one. */
export interface Claim {
  /** What it is called on the command line. */
  name: string;
  /** Fails when anything was lost, doubled or refused on the way: then there is nothing to compare. */
  run(bench: Bench): Promise<Row[]>;
}

/** A line of the table. */
export interface Row {
  claim: string;
  /** Medians over the rounds. */
  ours: number;
  /** Of times, where `ours` is the p95. */
  p50?: number;
  floor?: number;
  unit: Unit;
  /** None where it is measured for the record only. */
  reach?: Reach;
  /** The requirements of docs/requirements.md that it proves where the reach is met; see `together`, too. */
  ids?: readonly string[];
}

export interface Reach {
  text: string;
  met(row: Pick<Row, "ours" | "floor">): boolean;
}

export type Unit = (figure: number) => string;

export const perSecond: Unit = (rate) => `${Math.round(rate).toLocaleString("en-US")}/s`;
export const ms: Unit = (time) => `${shortened(time)} ms`;
export const micros: Unit = (time) => `${shortened(time)} µs`;

const shortened = (figure: number): string => (figure < 100 ? figure.toPrecision(3) : figure.toFixed());

export const atLeast = (least: number, unit: Unit): Reach => ({
  text: `≥ ${unit(least)}`,
  met: ({ ours }) => ours >= least,
});

export const below = (most: number, unit: Unit): Reach => ({
  text: `< ${unit(most)}`,
  met: ({ ours }) => ours < most,
});

/** For rates: more is better. */
export const atLeastOfFloor = (share: number): Reach => ({
  text: `≥ ${share} of the floor`,
  met: ({ ours, floor }) => floor !== undefined && ours >= share * floor,
});

/** For times: less is better. */
export const withinOfFloor = (times: number): Reach => ({
  text: `≤ ${times} × the floor`,
  met: ({ ours, floor }) => floor !== undefined && ours <= times * floor,
});

export const isMet = (row: Row): boolean => row.reach?.met(row) ?? false;

/** Adds ids that these rows prove only all together: those of them that stand for a limit of a requirement. */
export function together(ids: readonly string[], rows: readonly Row[]): Row[] {
  const proving = rows.filter((row) => row.ids !== undefined);
  if (!proving.every(isMet)) return [...rows];
  return rows.map((row) => (row.ids === undefined ? row : { ...row, ids: [...row.ids, ...ids] }));
}
