import { query, setQuery } from "../../state/location.ts";
import type { Filters } from "./filters.tsx";
import type { Selection } from "./replay.ts";

/** In the URL instead of ids: all that the filter finds. */
export const MATCHING = "matching";

export interface ReplayInUrl {
  /** What is to be replayed, while the dialog is open. */
  selection: Selection | undefined;
  /** Of a replay that was begun: with it it goes on, also after the page was loaded anew. */
  asOf: string | undefined;
  begin(what: typeof MATCHING | readonly string[]): void;
  note(asOf: string): void;
  end(): void;
}

/** The replay that is under way is in the URL, so that one that was interrupted can be taken up. */
export function useReplay({ filter }: Pick<Filters, "filter">): ReplayInUrl {
  const what = query.value.get("replay");
  const asOf = query.value.get("as_of") ?? undefined;
  return {
    selection: what === null ? undefined : what === MATCHING ? matching(filter()) : { ids: what.split(",") },
    asOf,
    begin: (wanted) =>
      setQuery({
        ...(wanted === MATCHING ? { replay: MATCHING, ...pinned(filter()) } : { replay: wanted.join(",") }),
        as_of: undefined,
      }),
    note: (time) => setQuery({ as_of: time }, { replace: true }),
    end: () => setQuery({ replay: undefined, as_of: undefined }, { replace: true }),
  };
}

/** A span up to now would have moved on when the replay is taken up again. */
const pinned = ({ start_time, end_time }: ReturnType<Filters["filter"]>) =>
  start_time === undefined ? {} : { range: "between", from: start_time, to: end_time };

const matching = (filter: ReturnType<Filters["filter"]>): Selection =>
  Object.keys(filter).length > 0 ? { filter } : { all: true };
