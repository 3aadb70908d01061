// The one record per point. Columns of Timestream come to be when something is first written to them, and no query
// may name one before: a table begins with a record that has them all (see tables.ts).

export const MEASURE = "point";

/** The measures of the record, and what each is when nothing is in it: neither null nor an empty text can be written. */
export const measures = {
  /** What is in the record, by a letter each: see `HOLDS`. Always there. */
  holds: { type: "VARCHAR", blank: "-" },
  /** A number. */
  value: { type: "DOUBLE", blank: "0" },
  text: { type: "VARCHAR", blank: "-" },
  flag: { type: "BOOLEAN", blank: "false" },
  /** Any other value, as JSON. */
  document: { type: "VARCHAR", blank: "-" },
  unit: { type: "VARCHAR", blank: "-" },
  /** JSON. */
  tags: { type: "VARCHAR", blank: "-" },
  metadata: { type: "VARCHAR", blank: "-" },
  /** As our own points have it; Timestream's `Version` cannot be queried. Always there. */
  version: { type: "BIGINT", blank: "0" },
  /** How long a point is kept that stands in the table of another retention. */
  days: { type: "BIGINT", blank: "0" },
} as const;

export type Measure = keyof typeof measures;

/**
 * The letters of `holds`. A record that is written over may keep measures that the new one lacks: the letters tell
 * what is meant. Blank records, which are none of a point, hold nothing.
 */
export const HOLDS = {
  value: "n",
  text: "s",
  flag: "b",
  document: "j",
  unit: "u",
  emptyUnit: "e",
  tags: "t",
  metadata: "m",
  days: "d",
} as const;

export const BLANK = measures.holds.blank;
