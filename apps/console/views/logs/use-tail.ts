import { useRef } from "preact/hooks";
import { call } from "../../api/call.ts";
import { type Query, usePolling } from "../../api/use-query.ts";
import { type Entry, joined } from "./entries.ts";
import type { LogFilter } from "./filters.tsx";

/** No more are kept. */
export const MOST_TAILED = 2_000;
const EVERY_MS = 1_500;
const PAGE = 1_000;
/** What is stored late, or comes from a clock that is behind, is still seen. */
const OVERLAP_MS = 60_000;

export interface Tailed {
  /** Newest first. */
  entries: readonly Entry[];
  query: Query<readonly Entry[]>;
}

/** Asks again and again for what came since a minute before it last asked, and keeps what it saw. */
export function useTail(filter: LogFilter): Tailed {
  const kept = useRef<readonly Entry[]>([]);
  const askedAt = useRef<number>(undefined);
  const query = usePolling(
    `tail ${JSON.stringify(filter)}`,
    async (signal) => {
      const now = Date.now();
      const since = (askedAt.current ?? now) - OVERLAP_MS;
      kept.current = merged(await entriesSince(since, filter, signal), kept.current);
      askedAt.current = now;
      return kept.current;
    },
    { everyMs: EVERY_MS },
  );
  return { entries: query.data ?? kept.current, query };
}

/** The newest, as many as are kept: however many came at once, none between two that are shown is missing. */
async function entriesSince(
  since: number,
  filter: LogFilter,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  const asked = { ...filter, start_time: new Date(since).toISOString(), limit: PAGE };
  let found: readonly Entry[] = [];
  for (let offset = 0; offset < MOST_TAILED; offset += PAGE) {
    const { entries } = await call("searchLogs", { query: { ...asked, offset } }, { signal });
    found = joined(found, entries);
    if (entries.length < PAGE) break;
  }
  return found;
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
