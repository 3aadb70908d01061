import { useMemo } from "preact/hooks";
import { useQuery } from "../../api/use-query.ts";

export interface DeadByQueue {
  /** Every queue in which something is dead. */
  queues: readonly string[];
  /** How many are dead in it; undefined while that is not known. */
  of(queue: string): number | undefined;
  /** There are more dead letters than were looked at. */
  isPart: boolean;
}

const MOST = 1_000;
const EVERY_MS = 30_000;

/** Of the last thousand that died. */
export function useDeadByQueue(): DeadByQueue {
  const { data } = useQuery(
    "listDeadLetters",
    { query: { state: "dead", limit: MOST } },
    { everyMs: EVERY_MS },
  );
  return useMemo(() => {
    const counts = new Map<string, number>();
    for (const { queue } of data?.dead_letters ?? []) counts.set(queue, (counts.get(queue) ?? 0) + 1);
    return {
      queues: [...counts.keys()].sort(),
      of: (queue) => data && (counts.get(queue) ?? 0),
      isPart: (data?.count ?? 0) > MOST,
    };
  }, [data]);
}
