import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Answer, call, type Input, type OperationId } from "./call.ts";
import type { ApiError } from "./error.ts";
import { poll } from "./poll.ts";

export interface QueryOptions {
  /** Asks again so long after each answer, while the tab is seen. @default once */
  everyMs?: number;
}

export interface Query<Data> {
  /** The newest answer; it stays while later requests fail. */
  data: Data | undefined;
  /** Of the last request. */
  error: ApiError | undefined;
  loading: boolean;
  /** There is data, and the last request failed. */
  stale: boolean;
  updatedAt: number | undefined;
  refresh(): void;
}

interface State<Data> {
  key: string;
  data?: Data;
  error?: ApiError;
  updatedAt?: number;
  loading: boolean;
}

/** Asks the API, again if wanted, and keeps the last answer while it fails. `null` as the input asks nothing. */
export function useQuery<Id extends OperationId>(
  id: Id,
  input: Input<Id> | null,
  options: QueryOptions = {},
): Query<Answer<Id>> {
  const key = input === null ? "" : `${id} ${JSON.stringify(input)}`;
  return usePolling(
    key,
    (signal) => call(id, JSON.parse(key.slice(id.length + 1)) as Input<Id>, { signal }),
    options,
  );
}

/** As `useQuery`, for what takes more than one request. Another key is another question; `""` asks nothing. */
export function usePolling<Data>(
  key: string,
  fetcher: (signal: AbortSignal) => Promise<Data>,
  { everyMs }: QueryOptions = {},
): Query<Data> {
  const [state, setState] = useState<State<Data>>({ key, loading: key !== "" });
  const [round, setRound] = useState(0);
  const latest = useRef(fetcher);
  latest.current = fetcher;

  useEffect(() => {
    setState((before) => ({ ...(before.key === key ? before : { key }), loading: key !== "" }));
    if (key === "") return;
    return poll({
      ask: (signal) => latest.current(signal),
      everyMs,
      onAnswer: (data) => setState({ key, data, updatedAt: Date.now(), loading: false }),
      onError: (error) => setState((before) => ({ ...before, error, loading: false })),
    });
  }, [key, everyMs, round]);

  const refresh = useCallback(() => setRound((before) => before + 1), []);
  const { data, error, loading, updatedAt } =
    state.key === key ? state : ({ loading: key !== "" } as State<Data>);
  return { data, error, loading, stale: data !== undefined && error !== undefined, updatedAt, refresh };
}
