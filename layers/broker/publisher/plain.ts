import { isStorable } from "../../core/json.ts";

// What the full check of an event would let pass for certain, found out at a fraction of its cost. It is passed
// over for such events only: whatever is unusual in any way goes through it, and is refused by it with the reason.

const TEXT = /^[!-~]{1,200}$/;
const TYPE = /^(?=.{1,200}$)[A-Za-z0-9_:/-]+(?:\.[A-Za-z0-9_:/-]+)*$/;

/** Written as JSON, where a UTF-16 unit takes six bytes at most, less than data may have. */
const MAX_LENGTH = 16_384;
const MAX_DEPTH = 4;
/** As much as any of them takes as JSON. */
const LENGTH_OF_NUMBER = 24;
/** Quotes, colon and comma. */
const MARKS = 4;

/** Printable ASCII: right for every attribute that may hold any text. */
export const isPlainText = (value: unknown): boolean => typeof value === "string" && TEXT.test(value);

/** Words between dots: `order.placed`. */
export const isPlainType = (type: unknown): boolean => typeof type === "string" && TYPE.test(type);

/** Objects of texts, numbers and booleans, neither deep nor large. */
export const isPlainData = (data: unknown): boolean => plainLength(data, 0) <= MAX_LENGTH;

/** Infinite for what is not plain. */
function plainLength(value: unknown, depth: number): number {
  if (typeof value === "string") return isStorable(value) ? value.length : Number.POSITIVE_INFINITY;
  if (typeof value === "number" && Number.isFinite(value)) return LENGTH_OF_NUMBER;
  if (typeof value === "boolean" || value === null) return LENGTH_OF_NUMBER;
  if (typeof value !== "object" || depth === MAX_DEPTH) return Number.POSITIVE_INFINITY;
  return Object.getPrototypeOf(value) === Object.prototype
    ? lengthOfObject(value, depth)
    : Number.POSITIVE_INFINITY;
}

function lengthOfObject(object: object, depth: number): number {
  let length = 0;
  for (const key in object) {
    if (!isStorable(key)) return Number.POSITIVE_INFINITY;
    length += MARKS + key.length + plainLength((object as Record<string, unknown>)[key], depth + 1);
    if (length > MAX_LENGTH) return Number.POSITIVE_INFINITY;
  }
  return length;
}
