import type { Clock } from "../core/clock.ts";
import { deferred } from "../core/deferred.ts";
import { UnavailableError } from "../core/errors.ts";
import type { Disk, DiskFile } from "./disk.ts";
import { attempt, diskError } from "./errors.ts";
import { sizeOfRecord, writeRecord } from "./record.ts";
import { newSegment, pathOf, SEGMENT_HEADER_BYTES, type Segment, segmentHeader } from "./segment.ts";
import type { Segments } from "./segments.ts";

export interface WriterOptions {
  disk: Disk;
  directory: string;
  segments: Segments;
  maxBytes: number;
  segmentBytes: number;
  segmentAgeMs: number;
  clock: Clock;
  /** The position of the next record. */
  next: number;
  isAcknowledged(segment: Segment): boolean;
  /** Called when there is no room. */
  deleteAcknowledged(): Promise<void>;
}

interface Append {
  records: readonly Buffer[];
  /** On disk. */
  size: number;
  appendedAt: number;
  resolve(): void;
  reject(error: Error): void;
}

interface OpenSegment {
  segment: Segment;
  file: DiskFile;
}

/** What one write and one fsync carry at most, unless a single append is larger. */
const COMMIT_BYTES = 4 * 1_024 * 1_024;

/**
 * Commits appends in groups: those that come while one commit is under way make the next one, which starts when it
 * returns. A commit that fails ends its segment.
 */
export class Writer {
  readonly #options: WriterOptions;
  #appends: Append[] = [];
  #open: OpenSegment | undefined;
  #running: Promise<void> | undefined;
  #sealing: PromiseWithResolvers<void> | undefined;
  readonly waiting = { records: 0, bytes: 0 };
  next: number;
  commits = 0;
  lastError: string | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.next = options.next;
  }

  isWritingTo(segment: Segment): boolean {
    return segment === this.#open?.segment;
  }

  append(records: readonly Buffer[], appendedAt: number): Promise<void> {
    const size = records.reduce((sum, body) => sum + sizeOfRecord(body), 0);
    return new Promise((resolve, reject) => {
      const append = { records, size, appendedAt, resolve, reject };
      this.#appends.push(append);
      this.#count(append, 1);
      void this.#run();
    });
  }

  /** After what is under way, the next record goes into a new segment. */
  seal(): Promise<void> {
    this.#sealing ??= deferred();
    void this.#run();
    return this.#sealing.promise;
  }

  /** Waits for all appends. */
  async close(): Promise<void> {
    await this.#run();
    await this.#endSegment();
  }

  /** @throws {UnavailableError} as an append would be refused for want of room */
  expectRoom(size: number): void {
    const { maxBytes, segments } = this.#options;
    if (segments.bytes + this.#growth(size) <= maxBytes) return;
    const message = `the buffer holds ${segments.bytes} of ${maxBytes} bytes: no room for ${size} more`;
    throw new UnavailableError(message, { code: "buffer_full" });
  }

  #run(): Promise<void> {
    this.#running ??= this.#work();
    return this.#running;
  }

  async #work(): Promise<void> {
    // Those of the same turn come along.
    await undefined;
    while (this.#sealing || this.#appends.length > 0) {
      if (this.#sealing) await this.#endSegment();
      const first = this.#appends[0];
      if (first) await this.#commit(await this.#takeGroup(first));
    }
    // In the same turn as the last look at what waits.
    this.#running = undefined;
  }

  /** As many as one commit, one segment and `maxBytes` have room for; the first alone where it has none. */
  async #takeGroup(first: Append): Promise<Append[]> {
    if (!this.#hasRoom(first.size)) await attempt(this.#makeRoom());
    if (this.#mustEnd(first.size)) await this.#endSegment();
    const { segmentBytes } = this.#options;
    const inSegment = segmentBytes - (this.#open?.segment.bytes ?? SEGMENT_HEADER_BYTES);
    let [count, size] = [1, first.size];
    for (; count < this.#appends.length; count++) {
      size += this.#appends[count]?.size ?? 0;
      if (size > Math.min(COMMIT_BYTES, inSegment) || !this.#hasRoom(size)) break;
    }
    return this.#appends.splice(0, count);
  }

  async #commit(group: readonly Append[]): Promise<void> {
    const size = group.reduce((sum, append) => sum + append.size, 0);
    try {
      this.expectRoom(size);
      const { segment, file } = await this.#openSegment();
      await file.write(this.#encode(group, size, segment.salt), segment.bytes);
      await file.sync();
      this.#committed(segment, group, size);
    } catch (error) {
      await this.#failed(group, error);
    }
  }

  #encode(group: readonly Append[], size: number, salt: number): Buffer {
    const data = Buffer.allocUnsafe(size);
    let [offset, position] = [0, this.next];
    for (const { records, appendedAt } of group) {
      for (const body of records) {
        offset = writeRecord(data, offset, { position: position++, appendedAt }, salt, body);
      }
    }
    return data;
  }

  #committed(segment: Segment, group: readonly Append[], bytes: number): void {
    const records = group.reduce((sum, append) => sum + append.records.length, 0);
    const [from, to] = [group[0]?.appendedAt ?? 0, group.at(-1)?.appendedAt ?? 0];
    this.#options.segments.grow(segment, { bytes, records, from, to });
    this.next = segment.end;
    this.commits++;
    for (const append of group) {
      this.#count(append, -1);
      append.resolve();
    }
  }

  async #failed(group: readonly Append[], cause: unknown): Promise<void> {
    const isFull = cause instanceof UnavailableError;
    const error = isFull ? cause : diskError(`appending to ${this.#options.directory}`, cause);
    if (!isFull) {
      this.lastError = error.message;
      await this.#abandonSegment();
    }
    for (const append of group) {
      this.#count(append, -1);
      append.reject(error);
    }
  }

  async #openSegment(): Promise<OpenSegment> {
    if (this.#open) return this.#open;
    const created = await this.#createSegment();
    // In one step: a segment that nobody writes to, in which everything is acknowledged, would be deleted.
    this.#open = created;
    this.#options.segments.add(created.segment);
    return created;
  }

  async #createSegment(): Promise<OpenSegment> {
    const { disk, directory, segments } = this.#options;
    const segment = newSegment(segments.takeNumber(), this.next);
    const path = pathOf(directory, segment);
    const file = await disk.open(path, "create");
    try {
      await file.write(segmentHeader(), 0);
      await disk.syncDirectory(directory);
      return { segment, file };
    } catch (error) {
      await attempt(file.close());
      await attempt(disk.unlink(path));
      throw error;
    }
  }

  /** What is behind its last durable record is cut off, and if that fails, too, it is outside of what is read. */
  async #abandonSegment(): Promise<void> {
    if (!this.#open) return;
    const { segment, file } = this.#open;
    this.#open = undefined;
    await attempt(file.truncate(segment.bytes));
    await attempt(file.close());
    if (segment.end === segment.first) await this.#options.segments.discard(segment);
  }

  async #endSegment(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    // Everything in it was synced.
    if (open) await attempt(open.file.close());
    this.#sealing?.resolve();
    this.#sealing = undefined;
  }

  async #makeRoom(): Promise<void> {
    const newest = this.#open?.segment;
    if (newest && this.#options.isAcknowledged(newest)) await this.#endSegment();
    await this.#options.deleteAcknowledged();
  }

  #hasRoom(size: number): boolean {
    const { segments, maxBytes } = this.#options;
    return segments.bytes + this.#growth(size) <= maxBytes;
  }

  /** With the header of the segment that it would begin. */
  #growth(size: number): number {
    return size + (!this.#open || this.#mustEnd(size) ? SEGMENT_HEADER_BYTES : 0);
  }

  #mustEnd(size: number): boolean {
    if (!this.#open) return false;
    const { segmentBytes, segmentAgeMs, clock } = this.#options;
    const { first, end, bytes, firstAppendedAt = 0 } = this.#open.segment;
    return end > first && (bytes + size > segmentBytes || clock.now() - firstAppendedAt >= segmentAgeMs);
  }

  #count({ records, size }: Append, sign: 1 | -1): void {
    this.waiting.records += sign * records.length;
    this.waiting.bytes += sign * size;
  }
}
