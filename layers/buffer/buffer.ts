import { join } from "node:path";
import type { Clock } from "../core/clock.ts";
import type { Disk } from "./disk.ts";
import { SegmentedBuffer } from "./disk-buffer.ts";
import { readDirectory } from "./opening.ts";
import { resolveOptions } from "./options.ts";

// A queue of byte strings on disk that survives a crash of the process, a kill -9 and a power cut.
//
// What stays true:
//   1. What `append` resolved for is read again and again, across restarts, until it is acknowledged or dropped.
//   2. What is read is what was appended, byte for byte, in the order of appending. A damaged record is skipped
//      and counted, and hides none of those behind it.
//   3. Only records whose fsync succeeded can be read. After a failed write or fsync nothing more goes into that
//      segment: what the page cache says about it is not believed.
//      Of an append that a crash interrupted, the first records may be there: nobody was told that they are not.
//   4. The mark is never ahead of the acknowledgements. It may be behind after a crash, and then records come again.
//   5. Memory does not grow with the backlog.
//
// On disk:
//
//   directory/
//     lock                                        the process that has it open
//     ledger                                      the mark, in two slots that are written in turn
//     00000007-0000000004a1-9f3c02b7.segment      number, first position, salt (hexadecimal)
//
//   segment  ┌────────┬────────┬────────┬─ ─ ─
//            │ header │ record │ record │           an append is in one segment, whole
//            └────────┴────────┴────────┴─ ─ ─
//   header   │ "TBUF" 4 │ version 2 │ 0 2 │ crc32 4 │
//   record   │ salt 4 │ crc32 4 │ length 4 │ position 6 │ time 6 │ body … │        (big-endian)
//   slot     │ crc32 4 │ generation 6 │ mark 6 │
//
// A record's CRC covers all that follows it. Positions have no holes, so that the first position of a segment says
// how many records the one before it has, and ends it: whatever a failed append left there is not read. The salt,
// new for every segment, is where the search goes on behind damaged bytes; no body can hold it but by chance.
//
// Deletion: a segment goes when every record in it is acknowledged (or when `dropOldest` takes it), and it is not
// the one that is written to. Never a part of one, never another.

export interface BufferOptions {
  /** Made where it does not exist. One process at a time may have it open. */
  directory: string;
  /** How much the segments may take on disk together. */
  maxBytes: number;
  /**
   * At this size a segment ends and the next begins.
   * @default an eighth of `maxBytes`, at most 16777216
   */
  segmentBytes?: number;
  /**
   * Nothing more goes into a segment whose first record is this old, in milliseconds, so that `dropOldest` by age
   * need not spare it for the sake of its youngest.
   * @default none
   */
  segmentAgeMs?: number;
  /**
   * Larger records are refused.
   * @default 16777216
   */
  maxRecordBytes?: number;
  /** @default the machine's */
  disk?: Disk;
  /** Stamps the records. @default the system's */
  clock?: Clock;
}

export interface BufferedRecord {
  /** Rises by one from record to record, across restarts. */
  readonly position: number;
  /** Milliseconds since the Unix epoch, by the clock as it was then. */
  readonly appendedAt: number;
  readonly body: Buffer;
}

/** Records and the bytes that they take on disk. */
export interface Amount {
  records: number;
  bytes: number;
}

export interface BufferStats {
  /** Not acknowledged yet. */
  records: number;
  /** What the segments take on disk, of `maxBytes`: acknowledged records count until their segment goes. */
  bytes: number;
  maxBytes: number;
  /**
   * When the oldest record that is not acknowledged was appended, in milliseconds since the Unix epoch. It may be
   * the time of the one before it.
   */
  oldestAppendedAt?: number;
  /** Appends that wait for their fsync, and the bytes of their bodies. */
  waiting: Amount;
  /** Lost to damage on the disk, as far as was read since the buffer was opened. */
  damaged: Amount;
  /** Taken by `dropOldest` before they were acknowledged, since the buffer was opened. */
  dropped: Amount;
  /** How often appends were made durable: those that came meanwhile share the next fsync. */
  commits: number;
  /** Why the disk failed last. */
  lastError?: string;
}

/** What was found wrong at opening, in the ledger and in the segment written last. Others are checked when read. */
export interface Recovery {
  /** Behind the last whole append: one that a crash interrupted, for which nobody was told that it is safe. */
  tornBytes: number;
  /** Records that were there and cannot be read any more. */
  damaged: Amount;
  /** Each of it in words. Empty after an orderly `close`. */
  findings: readonly string[];
}

export interface DiskBuffer {
  /**
   * Resolves once all of the records are safe on disk. They keep their order, and become readable together.
   * Appends that come while an fsync is under way share the next one.
   *
   * @throws {RefusedError} 413, a record is larger than `maxRecordBytes`
   * @throws {UnavailableError} `buffer_full` (`maxBytes`), `disk_full`, `disk_failed` or `closed`: none of the
   * records is in the buffer, and a later append finds it working if there is room again
   */
  append(records: readonly Buffer[]): Promise<void>;
  /**
   * The next ones behind those read before, up to both limits, but at least one if there is any. Several reads may
   * be unacknowledged at a time. Empty when there is nothing more.
   *
   * @throws {UnavailableError} `disk_failed`: the same read may succeed later
   */
  read(limit: Amount): Promise<BufferedRecord[]>;
  /**
   * They are dealt with and never come again. In any order. When it resolves, a kill -9 does not undo it; a power
   * cut may bring back what was acknowledged since a segment was last deleted.
   *
   * @throws {UnavailableError} `disk_failed`: they do not come again while the buffer is open, but may afterwards
   */
  acknowledge(records: readonly Pick<BufferedRecord, "position" | "appendedAt">[]): Promise<void>;
  /** What was read and not acknowledged comes again, oldest first. */
  rewind(): void;
  /**
   * Deletes whole segments, oldest first, acknowledged or not, until the rest fits `bytes`, and those in which
   * everything is older than `appendedBefore` (milliseconds since the Unix epoch). A clock that jumps back makes
   * records stay longer, never go earlier.
   *
   * @returns how many were lost: those acknowledged before are not counted
   * @throws {UnavailableError} `disk_failed`: they are lost all the same and counted in `stats.dropped`, and their
   * segments go later
   */
  dropOldest(until: DropUntil): Promise<Amount>;
  /**
   * Finds out whether an append would succeed now, by writing a file, syncing and deleting it.
   *
   * @throws {UnavailableError} as `append`
   */
  check(): Promise<void>;
  readonly stats: BufferStats;
  readonly recovery: Recovery;
  /** Waits for the appends under way and gives the directory free. */
  close(): Promise<void>;
}

export interface DropUntil {
  bytes?: number;
  appendedBefore?: number;
}

/**
 * @throws {RefusedError} naming each option that is unknown or out of range
 * @throws {UnavailableError} `locked`: another process has it open; `version`: a newer format
 */
export async function openBuffer(options: BufferOptions): Promise<DiskBuffer> {
  const resolved = resolveOptions(options);
  const { disk, directory } = resolved;
  await disk.makeDirectory(directory);
  const lock = await disk.lock(join(directory, "lock"));
  try {
    const buffer = new SegmentedBuffer(resolved, lock, await readDirectory(disk, directory));
    await buffer.begin();
    return buffer;
  } catch (error) {
    await lock.release();
    throw error;
  }
}
