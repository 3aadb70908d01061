import { RefusedError } from "./errors.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface JsonLimits {
  /** Largest size in bytes of the value written as JSON, give or take a comma per container: never under. */
  maxBytes: number;
  maxDepth: number;
}

/** @throws {RefusedError} 400 */
export function parseJson(raw: Buffer): unknown {
  if (raw.length === 0) throw new RefusedError(400, "expected a JSON body, got an empty one");
  try {
    return JSON.parse(raw.toString("utf8"));
  } catch (cause) {
    const detail = `malformed JSON: ${(cause as Error).message}`;
    throw new RefusedError(400, detail, [{ path: "", message: "malformed JSON" }], { cause });
  }
}

/**
 * Walks parsed JSON without recursion, so that no nesting can exhaust the stack, and says what is wrong with
 * it: too deep, too large, a number that JSON cannot carry on (1e999 is read as Infinity and would be written
 * as null), or text that no store takes (NUL, half of a surrogate pair).
 *
 * @returns the complaint, or `undefined` if the value is sound.
 */
export function faultInJson(root: unknown, limits: JsonLimits): string | undefined {
  let level: unknown[] = [root];
  let bytes = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limits.maxDepth) return `nested deeper than ${limits.maxDepth} levels`;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value === "number" && !Number.isFinite(value)) return "holds a number that is not finite";
      if (typeof value === "string" && !isStorable(value)) return UNSTORABLE;
      bytes += shallowBytes(value, next);
      if (bytes > limits.maxBytes) return `larger than ${limits.maxBytes} bytes`;
    }
    level = next;
  }
  return undefined;
}

export const UNSTORABLE = "holds a NUL character or half of a surrogate pair";

export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\u0000");

/** Whether anything sits more than `levels` below the root. Looks no further down than that. */
export function isDeeperThan(root: unknown, levels: number): boolean {
  if (typeof root !== "object" || root === null) return false;
  return levels === 0
    ? Object.values(root).length > 0
    : Object.values(root).some((child) => isDeeperThan(child, levels - 1));
}

function shallowBytes(value: unknown, children: unknown[]): number {
  if (typeof value === "string") return textBytes(value);
  if (typeof value !== "object" || value === null) return String(value).length;
  if (Array.isArray(value)) {
    for (const item of value) children.push(item);
    return 2 + value.length;
  }
  let bytes = 2;
  for (const [key, child] of Object.entries(value)) {
    bytes += textBytes(key) + 2;
    if (!isStorable(key)) children.push(key);
    children.push(child);
  }
  return bytes;
}

/** Escapes count: a control character takes six bytes. Most texts have none, and are not written to know it. */
const textBytes = (text: string): number =>
  MAY_NEED_ESCAPES.test(text) ? Buffer.byteLength(JSON.stringify(text)) : Buffer.byteLength(text) + 2;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const MAY_NEED_ESCAPES = /["\\\u0000-\u001f\ud800-\udfff]/;
