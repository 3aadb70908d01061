import { backoffMs } from "../../api/backoff.ts";
import type { Answer } from "../../api/call.ts";
import { asApiError } from "../../api/error.ts";
import type { DeadLetterFilter } from "./filters.tsx";

/** Which dead letters are meant, as the API takes it. */
export type Selection = { ids: string[] } | { filter: DeadLetterFilter } | { all: true };

export type Plan = Answer<"replayDeadLetters">;

export interface Progress {
  replayed: number;
  remaining: number;
}

export interface Means {
  /** One call: up to `limit` of what was asked for. */
  replay(body: { as_of: string; limit: number }): Promise<Plan>;
  onProgress(progress: Progress): void;
  /** Stops between two calls: what was replayed stays so. */
  signal: AbortSignal;
  pause(ms: number): Promise<void>;
}

/** Per call: small enough that progress is seen and a stop is heard. */
const PAGE = 250;
/** Somebody else may be replaying the same ones: they are looked for again, so often. */
const MOST_EMPTY_PAGES = 20;
const EMPTY_PAUSE_MS = 250;
const MOST_FAILURES = 5;
const RETRY = { firstMs: 500, mostMs: 8_000 };

/**
 * Replays page by page what a dry run found. A call that failed in passing is repeated: an event that goes back twice
 * counts once.
 *
 * @throws {ApiError} it was refused, or failed again and again; what was replayed until then stays so
 */
export async function runReplay({ as_of, remaining }: Plan, means: Means): Promise<Progress> {
  let progress: Progress = { replayed: 0, remaining };
  let empty = 0;
  while (progress.remaining > 0 && !means.signal.aborted && empty < MOST_EMPTY_PAGES) {
    const page = await persistently(() => means.replay({ as_of, limit: PAGE }), means);
    progress = { replayed: progress.replayed + page.replayed, remaining: page.remaining };
    means.onProgress(progress);
    empty = page.replayed === 0 ? empty + 1 : 0;
    if (empty > 0) await means.pause(EMPTY_PAUSE_MS);
  }
  return progress;
}

async function persistently(call: () => Promise<Plan>, { pause, signal }: Means): Promise<Plan> {
  for (let failures = 1; ; failures++) {
    try {
      return await call();
    } catch (cause) {
      const error = asApiError(cause);
      if (!error.isTransient || failures === MOST_FAILURES || signal.aborted) throw error;
      await pause(Math.max((error.retryAfterSeconds ?? 0) * 1_000, backoffMs(failures, RETRY)));
    }
  }
}
