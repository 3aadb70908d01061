import { backoffMs } from "./backoff.ts";
import { onAnswerAgain } from "./connection.ts";
import { type ApiError, asApiError } from "./error.ts";

export interface PollOptions<Data> {
  ask: (signal: AbortSignal) => Promise<Data>;
  everyMs: number | undefined;
  onAnswer: (data: Data) => void;
  onError: (error: ApiError) => void;
}

const RETRY = { firstMs: 1_000, mostMs: 30_000 };

/** Until the returned function is called. After failures it waits longer; in a tab that nobody sees it rests. */
export function poll<Data>({ ask, everyMs, onAnswer, onError }: PollOptions<Data>): () => void {
  const stopped = new AbortController();
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function run(): Promise<void> {
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
      if (error.isTransient) later(retryMs(error, failures));
    }
  }

  function later(ms: number): void {
    timer = setTimeout(() => {
      if (document.hidden) document.addEventListener("visibilitychange", again, { signal: stopped.signal });
      else again();
    }, ms);
  }

  /** Whatever it waited for, it waits no more: one request at a time. */
  function again(): void {
    clearTimeout(timer);
    timer = undefined;
    document.removeEventListener("visibilitychange", again);
    void run();
  }

  const forget = onAnswerAgain(() => {
    if (failures > 0 && timer !== undefined) again();
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
