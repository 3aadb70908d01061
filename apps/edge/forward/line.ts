export interface LineSettings {
  /** Milliseconds without an answer, on a line that is quick enough. */
  timeout: number;
  /** Batches that may be on their way at once. */
  inFlight: number;
}

/** Whatever is still on its way then is lost. */
const LONGEST_MS = 10 * 60_000;

/**
 * What is known of the way to the platform. While it is away, or the way so slow that batches would keep each other
 * from arriving in time, they go one at a time, and each is waited for twice as long as the last time.
 */
export class Line {
  readonly #settings: LineSettings;
  /** What an answer may take, by those that came. */
  #usualMs: number;
  #isNarrow = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(settings: LineSettings) {
    this.#settings = settings;
    this.#usualMs = settings.timeout;
  }

  /** @param timeouts how often this batch had no answer in time */
  limitMs(timeouts: number): number {
    return Math.min(LONGEST_MS, Math.max(this.#usualMs, this.#settings.timeout * 2 ** timeouts));
  }

  /** Runs it at once, or when it is its turn. It must not reject. */
  use<Result>(attempt: () => Promise<Result>): Promise<Result> {
    if (!this.#isNarrow) return attempt();
    const result = this.#last.then(attempt);
    this.#last = result;
    return result;
  }

  /** One at a time from now on. */
  narrow(): void {
    this.#isNarrow = true;
  }

  /** There was an answer, after so long. */
  answered(ms: number): void {
    const { timeout, inFlight } = this.#settings;
    // Small batches between large ones do not make the line a quick one.
    this.#usualMs = Math.ceil(Math.max(timeout, 2 * ms, this.#usualMs / 2));
    // All at once would have been in time, too.
    if (ms * inFlight <= timeout) this.#isNarrow = false;
  }
}
