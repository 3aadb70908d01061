import { setTimeout as sleep } from "node:timers/promises";
import { describeExit } from "./process.ts";
import type { Service } from "./service.ts";

export interface SuperviseOptions<S extends Service> {
  /** What the service is called in what is reported. */
  readonly name: string;
  readonly start: () => Promise<S>;
  /** Told, in a line each: a death, a start that failed, a start that went well. */
  readonly report: (line: string) => void;
  /** The pause before a start that follows closely on the last one; doubled each time. @default 500 */
  readonly firstPauseMs?: number;
  /** @default 30_000 */
  readonly longestPauseMs?: number;
  /** A service that lived this long did not die at once: it is started again without a pause. @default 10_000 */
  readonly stableAfterMs?: number;
}

export interface Supervised<S extends Service> {
  /** The service as it runs now, or, between a death and the next start, the one that died. */
  readonly current: () => S;
  /** Stops the service for good. Resolves when nothing of it is left, even if it was just being started. */
  stop(): Promise<void>;
}

/**
 * Starts a service and starts it again whenever it dies unasked, until `stop`.
 * @throws if the first start fails; the later ones are tried for ever
 */
export async function supervise<S extends Service>(options: SuperviseOptions<S>): Promise<Supervised<S>> {
  const { name, start, report } = options;
  const { firstPauseMs = 500, longestPauseMs = 30_000, stableAfterMs = 10_000 } = options;
  const stopping = new AbortController();
  let current = await start();
  let startedAt = Date.now();
  let pauseMs = 0;

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      const exit = await current.exited;
      if (stopping.signal.aborted) return;
      report(`${name} died (${describeExit(exit)}); its log is ${current.logFile}`);
      if (Date.now() - startedAt >= stableAfterMs) pauseMs = 0;
      await startAgain();
    }
  }

  async function startAgain(): Promise<void> {
    while (!(await pausedAndStopped())) {
      try {
        startedAt = Date.now();
        current = await start();
        report(`${name} runs again`);
        return;
      } catch (error) {
        report(`${name} could not be started again: ${error instanceof Error ? error.message : error}`);
      }
    }
  }

  /** Waits out the pause and answers whether it was told to stop meanwhile. */
  async function pausedAndStopped(): Promise<boolean> {
    await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
    pauseMs = Math.min(Math.max(pauseMs * 2, firstPauseMs), longestPauseMs);
    return stopping.signal.aborted;
  }

  const watching = watch();

  async function stop(): Promise<void> {
    stopping.abort();
    await current.stop();
    await watching;
    await current.stop(); // Another one, if a start was under way.
  }

  return { current: () => current, stop };
}
