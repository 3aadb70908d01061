import type { Logs } from "../port.ts";

/** A store for the suite alone, empty at first. */
export interface OpenedLogs {
  store: Logs;
  /** Resolves when all that was written can be found. */
  caughtUp(): Promise<void>;
  /** Closes the store and discards what was in it. */
  close(): Promise<void>;
}
