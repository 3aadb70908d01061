import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { backoffMs } from "./backoff.ts";
import { type Answer, call, type Input, type OperationId } from "./call.ts";
import { onAnswerAgain } from "./connection.ts";
import { type ApiError, asApiError } from "./error.ts";

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

interface PollOptions<Data> {
  ask: (signal: AbortSignal) => Promise<Data>;
  everyMs: number | undefined;
  onAnswer: (data: Data) => void;
  onError: (error: ApiError) => void;
}

const RETRY = { firstMs: 1_000, mostMs: 30_000 };

/** Until the returned function is called. After failures it waits longer; in a tab that nobody sees it rests. */
function poll<Data>({ ask, everyMs, onAnswer, onError }: PollOptions<Data>): () => void {
  const stopped = new AbortController();
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function run(): Promise<void> {
    timer = undefined;
    try {
      const data = await ask(stopped.signal);
      if (stopped.signal.aborted) return;
      failures = 0;
      onAnswer(data);
      if (everyMs !== undefined) later(everyMs);
    } catch (cause) {
      if (stopped.signal.aborted) return;
      const error = asApiError(cause);
      failures += 1;
      onError(error);
      if (isTransient(error)) later(retryMs(error, failures));
    }
  }

  function later(ms: number): void {
    timer = setTimeout(() => {
      if (document.hidden)
        document.addEventListener("visibilitychange", () => void run(), {
          once: true,
          signal: stopped.signal,
        });
      else void run();
    }, ms);
  }

  const forget = onAnswerAgain(() => {
    if (failures === 0 || timer === undefined) return;
    clearTimeout(timer);
    void run();
  });
  void run();
  return () => {
    stopped.abort();
    forget();
    clearTimeout(timer);
  };
}

const retryMs = ({ retryAfterSeconds = 0 }: ApiError, failures: number): number =>
  Math.max(retryAfterSeconds * 1_000, backoffMs(failures, RETRY));

/** Asking again may help; what was refused stays refused. */
const isTransient = ({ status }: ApiError): boolean => status === 0 || status === 429 || status >= 500;
