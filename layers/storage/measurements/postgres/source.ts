import { numberArray } from "../../postgres/arrays.ts";
import type { Selection } from "./selection.ts";
import type { Window } from "./windows.ts";

/** A statement's parameters, as they are added. */
export interface Parameters {
  values: unknown[];
  /** Adds a value. @returns how the statement names it: `$3` */
  add(value: unknown): string;
}

export function noParameters(): Parameters {
  const values: unknown[] = [];
  return { values, add: (value) => `$${values.push(value)}` };
}

/** The common part of the statements that read a selection's points: from where, and which. */
export interface Source extends Parameters {
  /** `series (series_id, rank, position)` joined with `points`. */
  from: string;
  conditions: string[];
  /** The ids of the series; a series' position is its index in it. */
  seriesIds: string;
}

export function sourceOf(selection: Selection, window: Window): Source {
  const { values, add } = noParameters();
  const seriesIds = `${add(numberArray(selection.seriesIds))}::int4[]`;
  const ranks = `${add(numberArray(selection.ranks))}::int4[]`;
  return {
    from: `unnest(${seriesIds}, ${ranks}) WITH ORDINALITY AS series (series_id, rank, position)
      JOIN points USING (series_id)`,
    conditions: conditionsOf(selection, window, add),
    seriesIds,
    values,
    add,
  };
}

function conditionsOf(
  { oldest, filter: { tags = {}, min, max } }: Selection,
  { from, to }: Window,
  add: Source["add"],
): string[] {
  // For each class by itself, as constants: that is what lets the planner pass over partitions.
  const unexpired = [...oldest].map(
    ([days, time]) => `points.retention_class = ${add(days)} AND points.time >= ${add(Math.max(from, time))}`,
  );
  const conditions = [`(${unexpired.join(" OR ")})`, `points.time < ${add(to)}`];
  if (Object.keys(tags).length > 0) conditions.push(`points.tags @> ${add(JSON.stringify(tags))}`);
  if (min !== undefined) conditions.push(`points.value >= ${add(min)}`);
  if (max !== undefined) conditions.push(`points.value <= ${add(max)}`);
  return conditions;
}
