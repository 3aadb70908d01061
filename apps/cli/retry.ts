import { setTimeout as pause } from "node:timers/promises";
import { ApiError } from "./api.ts";
import type { Terminal } from "./terminal.ts";

export interface RetryOptions {
  /** Ends the pauses: the call that is under way finishes, no other follows. */
  signal?: AbortSignal;
  /**
   * How long to go on failing before the last error is thrown.
   * @default 300000
   */
  giveUpAfterMs?: number;
  /** Told before each pause. */
  onPause?: (error: ApiError, pauseMs: number) => void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Repeats a call that failed in passing, with growing, jittered pauses that are never shorter than the server's
 * `Retry-After`.
 *
 * @throws {ApiError} that will not pass, or that did not in time
 */
export async function withRetries<Result>(
  call: () => Promise<Result>,
  { signal, giveUpAfterMs = 300_000, onPause }: RetryOptions = {},
): Promise<Result> {
  const startedAt = Date.now();
  for (let failures = 0; ; failures++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ApiError) || !error.passing || signal?.aborted) throw error;
      const pauseMs = pauseAfter(failures, error.retryAfterMs);
      if (Date.now() + pauseMs - startedAt > giveUpAfterMs) throw error;
      onPause?.(error, pauseMs);
      await pause(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal?.aborted) throw error;
    }
  }
}

function pauseAfter(failures: number, retryAfterMs = 0): number {
  const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
  return retryAfterMs + Math.random() * ceiling;
}

/** Says on the terminal why nothing moves for a while. */
export const tellPause =
  (terminal: Pick<Terminal, "err">) =>
  (error: ApiError, pauseMs: number): void => {
    const [reason] = error.message.split("\n");
    terminal.err(`${reason}; again in ${(pauseMs / 1_000).toFixed(1)} s`);
  };
