import { statfs } from "node:fs/promises";
import type { Tell } from "./events.ts";

export interface Space {
  /** Of what everybody may use, as `df` counts it. */
  usedPercent: number;
  freeBytes: number;
  totalBytes: number;
}

export type ReadSpace = (path: string) => Promise<Space>;

export const readSpace: ReadSpace = async (path) => {
  const { blocks, bfree, bavail, bsize } = await statfs(path);
  const used = blocks - bfree;
  return {
    usedPercent: used + bavail === 0 ? 100 : (100 * used) / (used + bavail),
    freeBytes: bavail * bsize,
    totalBytes: blocks * bsize,
  };
};

export type DiskState = "ok" | "warning" | "critical";

export interface DiskWatchOptions {
  directory: string;
  settings: { warn_percent: number; critical_percent: number };
  read: ReadSpace;
  tell: Tell;
}

/** Below a threshold by less than this it is not over yet: or it would be told again and again. */
const MARGIN_PERCENT = 2;
const ranks: readonly DiskState[] = ["ok", "warning", "critical"];

/** Tells once when a threshold is passed, and again after it was left behind. */
export class DiskWatch {
  readonly #options: DiskWatchOptions;
  state: DiskState = "ok";
  space: Space | undefined;

  constructor(options: DiskWatchOptions) {
    this.#options = options;
  }

  /** @throws {UnavailableError} it could not be told, and will be with the next look */
  async look(): Promise<void> {
    const { directory, read, tell } = this.#options;
    const space = await read(directory);
    this.space = space;
    const next = this.#next(space.usedPercent);
    if (ranks.indexOf(next) > ranks.indexOf(this.state)) {
      await tell("edge.disk.low", {
        severity: next,
        path: directory,
        used_percent: Math.round(space.usedPercent * 10) / 10,
        free_bytes: space.freeBytes,
      });
    }
    this.state = next;
  }

  #next(used: number): DiskState {
    const { warn_percent: warning, critical_percent: critical } = this.#options.settings;
    const raised = used >= critical ? "critical" : used >= warning ? "warning" : "ok";
    const held =
      used > critical - MARGIN_PERCENT ? "critical" : used > warning - MARGIN_PERCENT ? "warning" : "ok";
    const lowest = ranks.indexOf(raised);
    const highest = ranks.indexOf(held);
    return ranks[Math.min(highest, Math.max(lowest, ranks.indexOf(this.state)))] ?? raised;
  }
}
