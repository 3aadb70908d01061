import type { Value } from "../../../layers/core/measurement.ts";

export type Cell = { value: Value } | { empty: true } | { fault: string };

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;
const booleans = new Map([
  ["true", true],
  ["false", false],
]);

/** Numbers stay numbers, `true` and `false` become booleans, anything else is text. */
export function readCell(raw: string): Cell {
  const text = raw.trim();
  if (text === "") return { empty: true };
  if (NUMBER.test(text)) return finite(Number(text));
  if (NOT_FINITE.test(text)) return finite(Number.NaN);
  return { value: booleans.get(text.toLowerCase()) ?? text };
}

const finite = (value: number): Cell =>
  Number.isFinite(value) ? { value } : { fault: "value: expected a finite number" };
