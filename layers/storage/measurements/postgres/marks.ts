import type { Selection } from "./selection.ts";
import type { Parameters } from "./source.ts";
import type { Window } from "./windows.ts";

/**
 * How a statement remembers points: each by one number, its mark, which is the time within the window and, below
 * that, the position of the series. The largest is the newest, and of several devices' points of one time the last.
 */
export interface Marks {
  /** The mark of the point that a series has at this time. All three are SQL. */
  markOf(time: string, position: string): string;
  /** Looks the point up again: `value`, `document` and `unit` of it. */
  pointAt(mark: string): string;
}

/** Fits 63 bits for 90 days of a million series. */
export function marksOf(
  { seriesIds, add }: Pick<Parameters, "add"> & { seriesIds: string },
  { seriesIds: { length }, oldest }: Selection,
  window: Window,
): Marks {
  const start = `${add(window.from)}::bigint`;
  const end = add(window.to);
  const classes = `${add([...oldest.keys()])}::int2[]`;
  const base = `${add(length + 1)}::bigint`; // positions begin with 1
  return {
    markOf: (time, position) => `((${time} - ${start}) * ${base} + ${position})`,
    // LIMIT keeps it a look-up by key for each bucket; a join could become a scan of everything.
    pointAt: (mark) => `
      SELECT value, document, unit FROM points
      WHERE series_id = (${seriesIds})[${mark} % ${base}]
        AND retention_class = ANY (${classes})
        AND time = ${start} + ${mark} / ${base} AND time >= ${start} AND time < ${end}
      LIMIT 1`,
  };
}
