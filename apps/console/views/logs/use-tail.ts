import { useRef } from "preact/hooks";
import { call } from "../../api/call.ts";
import { type Query, usePolling } from "../../api/use-query.ts";
import type { Entry } from "./entries.ts";
import type { LogFilter } from "./filters.tsx";

/** No more are kept. */
export const MOST_TAILED = 2_000;
const EVERY_MS = 1_500;
const PAGE = 500;
/** What is stored late, or comes from a clock that is behind, is still seen. */
const OVERLAP_MS = 60_000;

export interface Tailed {
  /** Newest first. */
  entries: readonly Entry[];
  query: Query<readonly Entry[]>;
}

/** Asks again and again for the last minute, and keeps what it saw. */
export function useTail(filter: LogFilter): Tailed {
  const kept = useRef<readonly Entry[]>([]);
  const query = usePolling(
    `tail ${JSON.stringify(filter)}`,
    async (signal) => {
      const start_time = new Date(Date.now() - OVERLAP_MS).toISOString();
      const page = await call("searchLogs", { query: { ...filter, start_time, limit: PAGE } }, { signal });
      kept.current = merged(page.entries, kept.current);
      return kept.current;
    },
    { everyMs: EVERY_MS },
  );
  return { entries: query.data ?? kept.current, query };
}

/** The same list when nothing is new: nothing is drawn again then. */
export function merged(page: readonly Entry[], kept: readonly Entry[]): readonly Entry[] {
  const known = new Set(kept.map(({ id }) => id));
  const added = page.filter(({ id }) => !known.has(id));
  if (added.length === 0) return kept;
  return [...added, ...kept]
    .sort((a, b) => Date.parse(b.timestamp) - Date.parse(a.timestamp))
    .slice(0, MOST_TAILED);
}
