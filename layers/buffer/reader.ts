import type { Acknowledgements } from "./acknowledgements.ts";
import type { Amount, BufferedRecord } from "./buffer.ts";
import type { Disk, DiskFile } from "./disk.ts";
import { attempt, codeOf, diskError } from "./errors.ts";
import type { FoundRecord } from "./record.ts";
import { SegmentScan } from "./scan.ts";
import { pathOf, type Segment } from "./segment.ts";
import type { Segments } from "./segments.ts";

interface Cursor {
  segment: Segment;
  file: DiskFile;
  scan: SegmentScan;
  /** The position that comes next, where nothing is damaged. */
  next: number;
  /** Read, and did not fit into what was asked for. */
  held?: FoundRecord;
}

export interface ReaderOptions {
  disk: Disk;
  directory: string;
  segments: Segments;
  acknowledgements: Acknowledgements;
}

/** Goes through the segments record by record, passing over what is acknowledged, and counts what it finds damaged. */
export class Reader {
  readonly #options: ReaderOptions;
  #cursor: Cursor | undefined;
  #restart = true;
  #reading: Promise<unknown> = Promise.resolve();
  readonly damaged: Amount = { records: 0, bytes: 0 };

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** One read at a time: each begins where the one before it ended. */
  read(limit: Amount): Promise<BufferedRecord[]> {
    const records = this.#reading.then(() => this.#read(limit));
    this.#reading = attempt(records);
    return records;
  }

  /** The next record will be the first one that is not acknowledged. */
  restart(): void {
    this.#restart = true;
  }

  /** Where records that come next were dropped, those behind them come. */
  passOver(): void {
    const { mark } = this.#options.acknowledgements;
    if (this.#cursor && this.#cursor.next < mark) this.#restart = true;
  }

  async close(): Promise<void> {
    await this.#reading;
    await this.#leave();
  }

  async #read(limit: Amount): Promise<BufferedRecord[]> {
    let records: BufferedRecord[] = [];
    let bytes = 0;
    while (records.length < Math.max(1, limit.records)) {
      if (this.#restart) {
        await this.#leave();
        this.#restart = false;
        [records, bytes] = [[], 0];
      }
      const found = await this.#next().catch((error) => {
        // Those read so far are not lost: whatever it is comes again with the next read.
        if (records.length === 0) throw error;
      });
      if (this.#restart) continue;
      if (!found || !this.#cursor) break;
      bytes += found.body.length;
      if (records.length > 0 && bytes > limit.bytes) {
        this.#cursor.held = found;
        break;
      }
      this.#cursor.next = found.position + 1;
      records.push({ position: found.position, appendedAt: found.appendedAt, body: found.body });
    }
    return records;
  }

  /** The next one that nobody has acknowledged, from this segment or those behind it. */
  async #next(): Promise<FoundRecord | undefined> {
    for (let cursor = await this.#enter(); cursor; cursor = await this.#enter(cursor.segment)) {
      const found = await this.#nextIn(cursor);
      if (found || this.#restart || !this.#options.segments.following(cursor.segment)) return found;
      // The segment that is written to may have grown since its end was reached.
      if (cursor.next < cursor.segment.end) return this.#next();
    }
    return undefined;
  }

  async #nextIn(cursor: Cursor): Promise<FoundRecord | undefined> {
    const { acknowledgements } = this.#options;
    const held = cursor.held;
    cursor.held = undefined;
    // Whoever read it before a rewind may have acknowledged it since.
    if (held && !acknowledgements.has(held.position)) return held;
    if (held) cursor.next = held.position + 1;
    for (;;) {
      // As they are now: records that are committed meanwhile are not missing.
      const { bytes, end } = cursor.segment;
      const found = await this.#scan(cursor, bytes);
      if (this.#restart) return undefined;
      if (found && (found.position < cursor.next || found.position >= end)) continue;
      this.#missing(cursor, found?.position ?? end);
      if (!found) return undefined;
      if (!acknowledgements.has(found.position)) return found;
      cursor.next = found.position + 1;
    }
  }

  async #scan({ scan, segment }: Cursor, bytes: number): Promise<FoundRecord | undefined> {
    try {
      return await scan.next(bytes);
    } catch (error) {
      throw diskError(`reading ${segment.name}`, error);
    }
  }

  /** Those before `position` cannot be read any more, so nobody will acknowledge them. */
  #missing(cursor: Cursor, position: number): void {
    let lost = 0;
    for (; cursor.next < position; cursor.next++) {
      if (this.#options.acknowledgements.add(cursor.next)) lost++;
    }
    this.damaged.records += lost;
    if (lost > 0) this.damaged.bytes += cursor.scan.damagedBytes;
    cursor.scan.damagedBytes = 0;
  }

  /** The segment that the cursor is in; or the one behind `left`. */
  async #enter(left?: Segment): Promise<Cursor | undefined> {
    if (this.#cursor && this.#cursor.segment !== left) return this.#cursor;
    const { segments, acknowledgements } = this.#options;
    const segment = left ? segments.following(left) : segments.holding(acknowledgements.mark);
    if (!segment) return undefined;
    const file = await this.#open(segment);
    await this.#leave();
    this.#cursor = { segment, file, scan: new SegmentScan(file, segment.salt), next: segment.first };
    return this.#cursor;
  }

  async #open(segment: Segment): Promise<DiskFile> {
    try {
      return await this.#options.disk.open(pathOf(this.#options.directory, segment), "read");
    } catch (error) {
      if (codeOf(error) === "ENOENT") return missingFile;
      throw diskError(`opening ${segment.name}`, error);
    }
  }

  async #leave(): Promise<void> {
    const cursor = this.#cursor;
    this.#cursor = undefined;
    if (cursor) await attempt(cursor.file.close());
  }
}

/** Somebody deleted it: all of its records are missing. */
const missingFile: DiskFile = {
  write: async () => {},
  read: async () => Buffer.alloc(0),
  sync: async () => {},
  truncate: async () => {},
  size: async () => 0,
  close: async () => {},
};
