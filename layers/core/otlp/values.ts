import * as z from "zod";
import { describe, faultsOf } from "../envelope.ts";
import { RefusedError } from "../errors.ts";
import { faultInJson } from "../json.ts";
import type { Micros } from "../time.ts";

// OTLP's JSON is protobuf's JSON mapping with two exceptions (OpenTelemetry, "JSON Protobuf Encoding"): trace and
// span ids are hexadecimal and enums are numbers. 64-bit integers are text, or numbers where senders are careless.
// Unknown fields are passed over.

/** Deeper than that no sender nests. Each value that holds others is three levels of JSON. */
const MAX_DEPTH = 100;
const MAX_NESTED_VALUES = 32;
const MAX_BYTES = 10 * 1_024 * 1_024;

/** One item of a list is checked by itself, so that the others can be kept. */
export const list = z.array(z.unknown()).nullish();
export const text = z.string().nullish();
const integer = z.union([z.string().regex(/^-?\d+$/), z.int(), z.number()]);
export const count = integer.nullish();
/** Protobuf's JSON writes what is not finite as text. */
export const double = z.union([z.number(), z.string()]).nullish();

export const resourceSchema = z.object({ attributes: list }).nullish();
export const scopeSchema = z.object({ name: text, version: text }).nullish();

/** @throws {RefusedError} 400: the request's own lists are not in order; what is in them is another matter */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, request: unknown): z.output<Schema> {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error);
  throw new RefusedError(400, `not a valid OTLP request: ${describe(faults)}`, faults);
}

export type Attributes = Record<string, unknown>;

/** What makes a record too deep or too strange to be read, or `undefined`. */
export const faultInRecord = (record: unknown): string | undefined =>
  faultInJson(record, { maxBytes: MAX_BYTES, maxDepth: MAX_DEPTH });

/** A list of KeyValue. What is no KeyValue is passed over, as an unknown field is. */
export function attributesOf(pairs: readonly unknown[] | null | undefined, depth = 0): Attributes {
  const attributes: Attributes = {};
  for (const pair of pairs ?? []) {
    const { key, value } = (pair ?? {}) as { key?: unknown; value?: unknown };
    // An own property, whatever its name: `__proto__` too.
    if (typeof key === "string" && key !== "") {
      Object.defineProperty(attributes, key, {
        value: plainValue(value, depth),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
  }
  return attributes;
}

/** An AnyValue as plain JSON: null where it is nested too deep. Integers that no number holds exactly stay text. */
export function plainValue(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null || depth > MAX_NESTED_VALUES) return null;
  const any = value as Record<string, unknown>;
  if ("stringValue" in any) return any.stringValue;
  if ("boolValue" in any) return any.boolValue;
  if ("intValue" in any) return exactly(any.intValue);
  if ("doubleValue" in any) return any.doubleValue;
  if ("bytesValue" in any) return any.bytesValue;
  if ("arrayValue" in any) return valuesIn(any.arrayValue).map((item) => plainValue(item, depth + 1));
  if ("kvlistValue" in any) return attributesOf(valuesIn(any.kvlistValue), depth + 1);
  return null;
}

function valuesIn(list: unknown): readonly unknown[] {
  const { values } = (list ?? {}) as { values?: unknown };
  return Array.isArray(values) ? values : [];
}

function exactly(integer: unknown): unknown {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer;
}

/** Nanoseconds since the epoch. @returns `undefined` for 0, which stands for "not known", and for what is no time */
export function microsOfNanos(nanos: string | number | null | undefined): Micros | undefined {
  if (nanos === null || nanos === undefined) return undefined;
  const micros = typeof nanos === "string" ? Number(BigInt(nanos) / 1_000n) : Math.floor(nanos / 1_000);
  return Number.isSafeInteger(micros) && micros > 0 ? micros : undefined;
}

/** Attribute values as labels and tags are: text. */
export const textOf = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value ?? "");
