export interface Loop {
  start(): void;
  /** No round is under way, and none will begin, once it resolves. */
  stop(): Promise<void>;
}

/**
 * Runs rounds one after the other, the first at once.
 *
 * @param round resolves with the pause until the next, in ms, and never rejects; told to hurry by the signal
 */
export function createLoop(round: (signal: AbortSignal) => Promise<number>): Loop {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> | undefined;

  async function run(): Promise<void> {
    const pauseMs = await round(stopping.signal);
    if (!stopping.signal.aborted) schedule(pauseMs);
  }

  function schedule(pauseMs: number): void {
    timer = setTimeout(() => {
      current = run();
    }, pauseMs);
  }

  return {
    start() {
      if (!stopping.signal.aborted) schedule(0);
    },
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await current;
    },
  };
}
