import { query, setQuery } from "./location.ts";
import { isSpan, type Span, spans } from "./spans.ts";

export type RangeWord = Span | "all" | "between";

/** What the API takes. */
export interface Bounds {
  start_time?: string;
  end_time?: string;
}

export interface Range {
  word: RangeWord;
  /** RFC 3339; of `between`. */
  from: string;
  to: string;
  /** Changes when what is asked for does, and not with the clock. */
  key: string;
  /** From now on, for a request that is about to be made. */
  bounds(): Bounds;
}

/** The range of time that the URL says: `range=1h`, `range=all`, or `from=…&to=…`. */
export function useRange(fallback: Span | "all"): Range {
  const from = query.value.get("from") ?? "";
  const to = query.value.get("to") ?? "";
  const given = query.value.get("range") ?? fallback;
  const word: RangeWord =
    from || to || given === "between" ? "between" : isSpan(given) || given === "all" ? given : fallback;
  return { word, from, to, key: `${word} ${from} ${to}`, bounds: () => boundsOf(word, from, to, Date.now()) };
}

export function boundsOf(word: RangeWord, from: string, to: string, now: number): Bounds {
  if (word === "all") return {};
  if (word !== "between") return { start_time: new Date(now - spans[word].ms).toISOString() };
  return { ...(from && { start_time: from }), ...(to && { end_time: to }) };
}

/** Goes back to the first page, too. */
export function setRange(word: RangeWord, fallback: Span | "all"): void {
  setQuery({
    range: word === fallback ? undefined : word,
    from: undefined,
    to: undefined,
    offset: undefined,
    after: undefined,
  });
}

export function setBound(name: "from" | "to", time: string): void {
  setQuery({ range: "between", [name]: time, offset: undefined, after: undefined }, { replace: true });
}
