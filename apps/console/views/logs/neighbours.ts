import type { Entry } from "./entries.ts";

export interface Ask {
  start_time: string;
  end_time: string;
  limit: number;
  offset: number;
}

export interface Neighbours {
  /** Newest first, the line itself among them. */
  entries: readonly Entry[];
}

type Search = (ask: Ask) => Promise<{ entries: readonly Entry[]; count: number }>;

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const FACTOR = 8;
/** How far back, and how far ahead, neighbours are looked for. */
const FARTHEST_MS = 30 * DAY_MS;
/** The API passes over no more, and counts no further. */
const MOST_COUNTED = 10_000;

/**
 * The `n` entries before a moment and the `n` after it. The API gives the newest of a range first: those just after
 * the moment are the last ones of a range that begins there, which is widened until it has enough.
 */
export async function neighboursOf(moment: string, n: number, search: Search): Promise<Neighbours> {
  const [after, before] = await Promise.all([
    entriesAfter(moment, n, search),
    entriesBefore(moment, n, search),
  ]);
  return { entries: [...after, ...before] };
}

async function entriesBefore(moment: string, n: number, search: Search): Promise<readonly Entry[]> {
  for (const back of [DAY_MS, FARTHEST_MS]) {
    const found = await search({ start_time: shifted(moment, -back), end_time: moment, limit: n, offset: 0 });
    if (found.entries.length >= n || back === FARTHEST_MS) return found.entries;
  }
  return [];
}

/** With those at the moment itself. */
async function entriesAfter(moment: string, n: number, search: Search): Promise<readonly Entry[]> {
  let widthMs = SECOND_MS;
  for (;;) {
    const range = { start_time: moment, end_time: shifted(moment, widthMs) };
    const { count } = await search({ ...range, limit: 1, offset: 0 });
    const isLast = widthMs >= FARTHEST_MS;
    // Too many to count: the nearest ones are beyond what may be passed over. A second is as narrow as it gets.
    const isTooWide = count >= MOST_COUNTED && widthMs > SECOND_MS;
    if (isTooWide) {
      widthMs = Math.max(SECOND_MS, widthMs / 2);
      const narrowed = await search({
        start_time: moment,
        end_time: shifted(moment, widthMs),
        limit: 1,
        offset: 0,
      });
      if (narrowed.count >= MOST_COUNTED && widthMs > SECOND_MS) continue;
      return lastOf(moment, widthMs, narrowed.count, n, search);
    }
    if (count > n || isLast || count >= MOST_COUNTED) return lastOf(moment, widthMs, count, n, search);
    widthMs = Math.min(widthMs * FACTOR, FARTHEST_MS);
  }
}

async function lastOf(moment: string, widthMs: number, count: number, n: number, search: Search) {
  const limit = n + 1;
  const range = { start_time: moment, end_time: shifted(moment, widthMs) };
  return (await search({ ...range, limit, offset: Math.max(0, count - limit) })).entries;
}

/** To the millisecond: the moment itself is given to the API as it is. */
const shifted = (moment: string, ms: number): string => new Date(Date.parse(moment) + ms).toISOString();
