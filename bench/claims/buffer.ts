import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { openBuffer } from "../../layers/buffer/buffer.ts";
import { temporaryHome } from "../../test/temporary-home.ts";
import { atLeastOfFloor, type Claim, perSecond, type Row } from "../claim.ts";
import { expectExactly, inFlight, interleave, machineMs, median } from "../measure.ts";

const APPENDERS = [1, 16, 256];
/** As many fsyncs as each side makes in a round, if all who append share each. */
const COMMITS = 1_500;
const ENTRY = Buffer.alloc(300, "x");
/** The processor's part grows with the width, and what is left for it until the next fsync returns does not. */
const LEAST_OF_FLOOR = 0.5;

/**
 * Entries that the disk buffer acknowledges after their fsync, beside a loop that appends the same entries to one
 * file, as many at a time as there are appenders, and fsyncs after each time.
 */
export const buffer: Claim = {
  name: "buffer",
  async run(bench) {
    const directory = await temporaryHome();
    try {
      const rows: Row[] = [];
      for (const appenders of APPENDERS) {
        const entries = appenders * bench.scaled(COMMITS);
        const rates = await interleave(bench.rounds, {
          floor: (round) => appendingLoop(join(directory, `floor-${appenders}-${round}`), appenders, entries),
          ours: (round) => bufferedAppends(join(directory, `ours-${appenders}-${round}`), appenders, entries),
        });
        rows.push({
          claim: `entries/s on disk after fsync, ${appenders} appending at a time`,
          ours: median(rates.ours),
          floor: median(rates.floor),
          unit: perSecond,
          reach: atLeastOfFloor(LEAST_OF_FLOOR),
        });
      }
      return rows;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};

export async function appendingLoop(path: string, width: number, entries: number): Promise<number> {
  const file = await open(path, "wx");
  const data = Buffer.concat(Array.from({ length: width }, () => ENTRY));
  const startedAt = machineMs();
  for (let done = 0; done < entries; done += width) {
    await file.write(data);
    await file.datasync();
  }
  const rate = rateSince(entries, startedAt);
  await file.close();
  await rm(path);
  return rate;
}

async function bufferedAppends(directory: string, width: number, entries: number): Promise<number> {
  const opened = await openBuffer({ directory, maxBytes: 4 * 1_024 ** 3 });
  const startedAt = machineMs();
  await inFlight(width, entries, () => opened.append([ENTRY]));
  const rate = rateSince(entries, startedAt);
  expectExactly("entries in the buffer", entries, opened.stats.records);
  await opened.close();
  await rm(directory, { recursive: true });
  return rate;
}

const rateSince = (count: number, startedAt: number): number => (count * 1_000) / (machineMs() - startedAt);
