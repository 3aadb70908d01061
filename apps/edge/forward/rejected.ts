import { open, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Disk } from "../../../layers/buffer/disk.ts";
import type { Clock } from "../../../layers/core/clock.ts";
import { formatTime, microsOf } from "../../../layers/core/time.ts";

export interface RejectedEntry {
  reason: string;
  /** As it was sent. */
  entry: unknown;
}

export interface Rejected {
  /** Resolves once they are on disk. */
  add(lane: string, entries: readonly RejectedEntry[]): Promise<void>;
}

export interface RejectedOptions {
  directory: string;
  /** Of the files of all lanes together, give or take a batch each. */
  maxBytes: number;
  lanes: number;
  disk: Pick<Disk, "makeDirectory" | "syncDirectory">;
  clock: Clock;
}

/**
 * What the platform will never take, a JSON object per line: `<lane>.jsonl`, and `<lane>.1.jsonl`, which is
 * overwritten when the first is full.
 */
export function openRejected({ directory, maxBytes, lanes, disk, clock }: RejectedOptions): Rejected {
  const fileBytes = maxBytes / lanes / 2;
  let last: Promise<void> = Promise.resolve();

  async function write(lane: string, entries: readonly RejectedEntry[]): Promise<void> {
    const at = formatTime(microsOf(clock.now()));
    const lines = entries.map(({ reason, entry }) => `${JSON.stringify({ at, reason, entry })}\n`);
    const path = join(directory, `${lane}.jsonl`);
    await disk.makeDirectory(directory);
    const bytes = await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
    if (bytes >= fileBytes) await rename(path, join(directory, `${lane}.1.jsonl`));
    const file = await open(path, "a", 0o600);
    try {
      await file.appendFile(lines.join(""));
      await file.datasync();
    } finally {
      await file.close();
    }
    // A new file is there after a power cut only if its folder says so.
    if (bytes === 0 || bytes >= fileBytes) await disk.syncDirectory(directory);
  }

  return {
    add(lane, entries) {
      const written = last.then(() => write(lane, entries));
      last = written.catch(() => undefined);
      return written;
    },
  };
}
