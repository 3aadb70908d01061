import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Disk, DiskFile } from "../../../layers/buffer/disk.ts";
import { attempt, codeOf } from "../../../layers/buffer/errors.ts";

// Which records went together. A batch that is sent again, after a crash as well, must be the same batch under the
// same key, or the platform could not tell that it has it. So its range is on disk before it is sent.
//
//   slot   │ crc32 4 │ number 6 │ first 6 │ last 6 │ 0 2 │      (big-endian), the newest batch overwrites the oldest
//
// All batches that the buffer can bring back are in it: those in flight, at most `SLOTS` behind the oldest of them,
// and mostly those that a power cut brings back although they were acknowledged.

export const SLOTS = 1_024;
const SLOT_BYTES = 24;

/** Positions in the buffer, both inclusive. */
export interface Range {
  first: number;
  last: number;
}

export class Journal {
  readonly #file: DiskFile;
  /** By rising positions. */
  readonly #known: Range[];
  #number: number;

  private constructor(file: DiskFile, slots: readonly (Range & { number: number })[]) {
    this.#file = file;
    this.#number = Math.max(0, ...slots.map(({ number }) => number));
    this.#known = newestRanges(slots);
  }

  static async open(directory: string, lane: string, disk: Disk): Promise<Journal> {
    const path = join(directory, `${lane}.batches`);
    const file = await openFile(path, directory, disk);
    const data = await file.read(SLOTS * SLOT_BYTES, 0);
    const slots = Array.from({ length: Math.floor(data.length / SLOT_BYTES) }, (_, i) =>
      decode(data.subarray(i * SLOT_BYTES, (i + 1) * SLOT_BYTES)),
    );
    return new Journal(
      file,
      slots.flatMap((slot) => slot ?? []),
    );
  }

  /** The batch that held this position when it was sent in an earlier life. Asked for in rising order. */
  find(position: number): Range | undefined {
    while (this.#known[0] && this.#known[0].last < position) this.#known.shift();
    const [next] = this.#known;
    return next && next.first <= position ? next : undefined;
  }

  /** Where the next batch of an earlier life begins, so that a new one can end before it. */
  get nextFirst(): number {
    return this.#known[0]?.first ?? Number.POSITIVE_INFINITY;
  }

  /** Resolves once it is durable. */
  async note(range: Range): Promise<void> {
    const number = this.#number + 1;
    await this.#file.write(encode({ ...range, number }), (number % SLOTS) * SLOT_BYTES);
    await this.#file.sync();
    this.#number = number;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** Where two overlap, the later one says how it was sent last. */
function newestRanges(slots: readonly (Range & { number: number })[]): Range[] {
  const ranges: Range[] = [];
  for (const { first, last } of slots.toSorted((a, b) => b.number - a.number)) {
    if (!ranges.some((range) => range.first <= last && first <= range.last)) ranges.push({ first, last });
  }
  return ranges.sort((a, b) => a.first - b.first);
}

async function openFile(path: string, directory: string, disk: Disk): Promise<DiskFile> {
  try {
    return await disk.open(path, "write");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
  const file = await disk.open(path, "create");
  try {
    // All of it at once: a disk that is full later on must not keep what waits from going out.
    await file.write(Buffer.alloc(SLOTS * SLOT_BYTES), 0);
    await file.sync();
    await disk.syncDirectory(directory);
    return file;
  } catch (error) {
    await attempt(file.close());
    await attempt(disk.unlink(path));
    throw error;
  }
}

function encode({ number, first, last }: Range & { number: number }): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES);
  slot.writeUIntBE(number, 4, 6);
  slot.writeUIntBE(first, 10, 6);
  slot.writeUIntBE(last, 16, 6);
  slot.writeUInt32BE(crc32(slot.subarray(4)), 0);
  return slot;
}

function decode(slot: Buffer): (Range & { number: number }) | undefined {
  if (slot.readUInt32BE(0) !== crc32(slot.subarray(4))) return undefined;
  const [number, first, last] = [slot.readUIntBE(4, 6), slot.readUIntBE(10, 6), slot.readUIntBE(16, 6)];
  return last < first || number === 0 ? undefined : { number, first, last };
}
