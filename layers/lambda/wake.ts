import type { Bus } from "../broker/bus.ts";
import { TICK_MS, tickMessage } from "../broker/stream-control.ts";

/** Has a function go on later with what it has to leave for now. */
export interface Wake {
  /**
   * Runs `again` after about this time. On Lambda, where no timer runs between two calls, a message comes back to the
   * function's queue instead, and `again` is for the handler of that message to do.
   */
  after(ms: number, again: () => Promise<void>): Promise<void>;
}

/** By the bus, after a second whatever was asked for; at most two such messages are on their way. */
export function wakeByBus(bus: Bus, now: () => number = Date.now): Wake {
  let last = Number.NEGATIVE_INFINITY;
  return {
    async after() {
      const at = now();
      // Not a whole second: a message that comes back a moment early must be able to send the next.
      if (at - last < TICK_MS / 2) return;
      last = at;
      await bus.publish([tickMessage()]);
    },
  };
}
