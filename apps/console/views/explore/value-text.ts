import { number } from "../../format/numbers.ts";

/** A value of any kind in a line: numbers to be read, text as it is, the rest as JSON. */
export function valueText(value: unknown): string {
  if (typeof value === "number") return number(value);
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
