import { printable, type Terminal } from "../terminal.ts";

/** A time of the API's, to the second. */
export const secondOf = (time: string): string => `${time.slice(0, 10)} ${time.slice(11, 19)}`;

/** One under the other; those that say nothing are left out. */
export function tellFields(
  fields: readonly (readonly [name: string, value: unknown])[],
  terminal: Terminal,
): void {
  const told = fields.filter(([, value]) => value !== null && value !== undefined && value !== "");
  const width = Math.max(...told.map(([name]) => name.length));
  for (const [name, value] of told) terminal.out(`${name.padEnd(width)}  ${printable(textOf(value))}`);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The last line of a list, beside it: how many there are, and how to see more. */
export function tellCount(count: number, seen: number, terminal: Terminal): void {
  terminal.err(seen < count ? `${count}; --offset ${seen} shows more` : String(count));
}
