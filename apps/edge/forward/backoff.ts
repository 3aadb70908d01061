export interface BackoffSettings {
  /** Milliseconds: the longest pause after the first failure; doubled with each. */
  first: number;
  longest: number;
}

/**
 * Full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog): any pause from none to the longest of this
 * attempt, so that a thousand sites that lost their platform together do not come back together. What the platform
 * asked for comes first.
 *
 * @param failures so far, at least 1
 */
export function pauseMs(
  { first, longest }: BackoffSettings,
  failures: number,
  random: () => number,
  retryAfterMs = 0,
): number {
  return retryAfterMs + random() * Math.min(longest, first * 2 ** (failures - 1));
}

/** Sleepers that can be woken: those that only wait because the platform was away. */
export class Pauses {
  readonly #sleepers = new Set<() => void>();

  /** @returns when the time is over, when it is woken, or when `signal` is aborted */
  sleep(ms: number, signal: AbortSignal, wakeable: boolean): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#sleepers.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done, { once: true });
      if (wakeable) this.#sleepers.add(done);
    });
  }

  wake(): void {
    for (const done of [...this.#sleepers]) done();
  }
}
