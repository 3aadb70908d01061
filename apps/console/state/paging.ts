import { query, setQuery } from "./location.ts";

/** Where a list's page begins, in the URL: for `Pager`. */
export function useOffset(): [offset: number, onOffset: (offset: number) => void] {
  const given = Math.trunc(Number(query.value.get("offset"))) || 0;
  return [Math.max(0, given), (offset) => setQuery({ offset: offset > 0 ? String(offset) : undefined })];
}
