import type { Exit, FaultSignal } from "./process.ts";

/** A server that this program started and answers for. */
export interface Service {
  /** Where clients connect, with user and password. The same after a restart on the same home. */
  readonly url: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when it has ended, for whatever reason, and nothing of it is left. */
  readonly exited: Promise<Exit>;
  /** Stops it in order. Resolves when nothing of it is left. */
  stop(): Promise<void>;
  /** For fault tests: `kill -9`, freeze, thaw. After SIGKILL it may be started again on the same home. */
  kill(signal: FaultSignal): Promise<void>;
}
