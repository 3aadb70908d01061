import { asError } from "../../layers/core/errors.ts";
import type { Logger } from "../../layers/core/logger.ts";
import type { Wake } from "../../layers/lambda/wake.ts";

export interface TimerWake extends Wake {
  /** Wakes nobody any more, and waits for who was woken. */
  stop(): Promise<void>;
}

/** By a timer: the soonest of what was asked for, since whoever is woken asks again for the rest. */
export function createTimerWake(logger: Logger): TimerWake {
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  let woken: Promise<void> | undefined;
  let stopped = false;

  return {
    async after(ms, again) {
      const at = performance.now() + ms;
      if (stopped || dueAt <= at) return;
      clearTimeout(timer);
      dueAt = at;
      timer = setTimeout(() => {
        dueAt = Number.POSITIVE_INFINITY;
        woken = again().catch((cause) =>
          logger.error("what was left for later failed", { error: asError(cause) }),
        );
      }, ms);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await woken;
    },
  };
}
