import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { call } from "../../api/call.ts";
import { type ApiError, asApiError } from "../../api/error.ts";
import { type Entry, joined } from "./entries.ts";
import type { LogFilters } from "./filters.tsx";

/** The API passes over no more. */
export const MOST_LINES = 10_000;
const FIRST = 200;
const NEXT = 1_000;

interface State {
  key: string;
  entries: readonly Entry[];
  count?: number;
  error?: ApiError;
  loading: boolean;
}

export interface Pages extends Omit<State, "key"> {
  more(): void;
  refresh(): void;
}

/** Entries page by page, until they are all there or too many. Another filter begins anew. */
export function usePages({ filter, range, key }: LogFilters): Pages {
  const [state, setState] = useState<State>({ key, entries: [], loading: true });
  const [round, setRound] = useState(0);
  const current = useRef<AbortController>(undefined);
  const latest = useRef(state);
  latest.current = state;

  const load = useCallback(
    async (offset: number, limit: number, signal: AbortSignal) => {
      try {
        const query = { ...filter, ...range.bounds(), offset, limit };
        const page = await call("searchLogs", { query }, { signal });
        if (signal.aborted) return;
        const before = offset === 0 ? [] : latest.current.entries;
        setState({
          key,
          entries: joined(before, page.entries).slice(0, MOST_LINES),
          count: page.count,
          loading: false,
        });
      } catch (cause) {
        if (!signal.aborted) setState((before) => ({ ...before, error: asApiError(cause), loading: false }));
      }
    },
    [key],
  );

  useEffect(() => {
    const controller = new AbortController();
    current.current = controller;
    setState((before) =>
      before.key === key ? { ...before, loading: true } : { key, entries: [], loading: true },
    );
    void load(0, FIRST, controller.signal);
    return () => controller.abort();
  }, [key, round]);

  const { key: _, ...shown } = state;
  return {
    ...shown,
    more: () => {
      if (!current.current || latest.current.loading) return;
      setState((before) => ({ ...before, loading: true }));
      void load(latest.current.entries.length, NEXT, current.current.signal);
    },
    refresh: () => setRound((before) => before + 1),
  };
}
