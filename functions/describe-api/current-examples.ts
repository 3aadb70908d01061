import {
  alignDown,
  formatTime,
  MICROS_PER_SECOND,
  type Micros,
  microsOf,
  parseTime,
} from "../../layers/core/time.ts";

type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };

/** The moment at which the examples of every schema.ts take place. */
const THEIR_NOW = microsOf(Date.UTC(2025, 11, 18, 10));
const HOUR = 3_600 * MICROS_PER_SECOND;

/**
 * The same document with examples that take place now, to the hour: who tries one as it stands is not told that its
 * points are too old, or that its silence is over.
 */
export function withCurrentExamples<Document extends object>(document: Document, now: Micros): Document {
  const shift = alignDown(now - THEIR_NOW, HOUR);
  const moved = (value: Json): Json => {
    const time = typeof value === "string" ? parseTime(value) : undefined;
    if (time !== undefined) return formatTime(time + shift);
    return mapped(value, (_, inner) => moved(inner));
  };
  const walked = (value: Json): Json =>
    mapped(value, (key, inner) => (key === "example" ? moved(inner) : walked(inner)));
  return walked(document as unknown as Json) as unknown as Document;
}

function mapped(value: Json, map: (key: string, inner: Json) => Json): Json {
  if (Array.isArray(value)) return value.map((inner, i) => map(String(i), inner));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, map(key, inner)]));
}
