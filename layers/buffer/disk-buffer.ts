import { join } from "node:path";
import { RefusedError, UnavailableError } from "../core/errors.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import type { Amount, BufferedRecord, BufferStats, DiskBuffer, DropUntil, Recovery } from "./buffer.ts";
import { attempt, diskError } from "./errors.ts";
import type { Ledger } from "./ledger.ts";
import type { Lock } from "./lock.ts";
import { type Opened, youngestTimeIn } from "./opening.ts";
import type { ResolvedOptions } from "./options.ts";
import { Reader } from "./reader.ts";
import type { Segment } from "./segment.ts";
import type { Segments } from "./segments.ts";
import { Writer } from "./writer.ts";

const PROBE_BYTES = 4_096;

export class SegmentedBuffer implements DiskBuffer {
  readonly recovery: Recovery;
  readonly #options: ResolvedOptions;
  readonly #lock: Lock;
  readonly #segments: Segments;
  readonly #ledger: Ledger;
  readonly #acknowledgements: Acknowledgements;
  readonly #writer: Writer;
  readonly #reader: Reader;
  readonly #dropped: Amount = { records: 0, bytes: 0 };
  #deleting: Promise<void> | undefined;
  #probing: Promise<void> | undefined;
  #oldestAppendedAt = 0;
  #closing: Promise<void> | undefined;

  constructor(options: ResolvedOptions, lock: Lock, opened: Opened) {
    const { segments, ledger, acknowledgements, next, recovery } = opened;
    const { disk, directory } = options;
    this.#options = options;
    this.#lock = lock;
    this.recovery = recovery;
    this.#segments = segments;
    this.#ledger = ledger;
    this.#acknowledgements = acknowledgements;
    this.#reader = new Reader({ disk, directory, segments, acknowledgements });
    this.#writer = new Writer({
      ...options,
      segments,
      next,
      isAcknowledged: (segment) => this.#isAcknowledged(segment),
      deleteAcknowledged: () => this.#deleteAcknowledged(),
    });
  }

  /** Makes the ledger where there is none, and deletes what a crash kept from being deleted. */
  async begin(): Promise<void> {
    await attempt(this.#saveMark());
  }

  append(records: readonly Buffer[]): Promise<void> {
    try {
      this.#expectAppendable(records);
    } catch (error) {
      return Promise.reject(error);
    }
    if (records.length === 0) return Promise.resolve();
    const now = Math.max(0, Math.floor(this.#options.clock.now()));
    if (this.#records === 0) this.#oldestAppendedAt = now;
    return this.#writer.append(records, now);
  }

  async read(limit: Amount): Promise<BufferedRecord[]> {
    this.#expectOpen();
    const { mark } = this.#acknowledgements;
    const records = await this.#reader.read(limit);
    // Damaged records count as dealt with, so the mark may have moved.
    if (this.#acknowledgements.mark !== mark) await attempt(this.#saveMark());
    return records;
  }

  async acknowledge(records: readonly Pick<BufferedRecord, "position" | "appendedAt">[]): Promise<void> {
    this.#expectOpen();
    const { mark } = this.#acknowledgements;
    for (const { position, appendedAt } of records) {
      if (position >= this.#writer.next) throw new RangeError(`position ${position} was never read`);
      this.#acknowledgements.add(position);
      if (position < this.#acknowledgements.mark && appendedAt > this.#oldestAppendedAt) {
        this.#oldestAppendedAt = appendedAt;
      }
    }
    if (this.#acknowledgements.mark !== mark) await this.#saveMark();
  }

  rewind(): void {
    this.#reader.restart();
  }

  async dropOldest(until: DropUntil): Promise<Amount> {
    this.#expectOpen();
    await this.#learnTimes(until);
    const last = this.#victims(until).at(-1);
    if (last && this.#writer.isWritingTo(last)) await this.#writer.seal();
    // Again: what was appended until it was sealed may keep it.
    const victims = this.#victims(until).filter((segment) => !this.#writer.isWritingTo(segment));
    const records = this.#acknowledgements.moveTo(victims.at(-1)?.end ?? 0);
    const bytes = victims.reduce((sum, segment) => sum + segment.bytes, 0);
    this.#reader.passOver();
    this.#dropped.records += records;
    if (records > 0) this.#dropped.bytes += bytes;
    await this.#saveMark();
    return { records, bytes };
  }

  async check(): Promise<void> {
    this.#expectOpen();
    this.#writer.expectRoom(PROBE_BYTES);
    // One at a time: they would find each other's file.
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = undefined;
    });
    await this.#probing;
  }

  async #probe(): Promise<void> {
    const { disk, directory } = this.#options;
    const path = join(directory, "probe");
    await attempt(disk.unlink(path));
    try {
      const file = await disk.open(path, "create");
      try {
        await file.write(Buffer.alloc(PROBE_BYTES), 0);
        await file.sync();
      } finally {
        await attempt(file.close());
        await attempt(disk.unlink(path));
      }
    } catch (error) {
      throw diskError(`writing ${path}`, error);
    }
  }

  get stats(): BufferStats {
    return {
      records: this.#records,
      bytes: this.#segments.bytes,
      maxBytes: this.#options.maxBytes,
      oldestAppendedAt: this.#oldest,
      waiting: { ...this.#writer.waiting },
      damaged: { ...this.#reader.damaged },
      dropped: { ...this.#dropped },
      commits: this.#writer.commits,
      lastError: this.#writer.lastError,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      await this.#writer.close();
      await this.#reader.close();
      await this.#saveMark();
      await this.#ledger.sync();
    } finally {
      await attempt(this.#ledger.close());
      await this.#lock.release();
    }
  }

  get #records(): number {
    const { mark, beyond } = this.#acknowledgements;
    return this.#writer.next - mark - beyond;
  }

  get #oldest(): number | undefined {
    if (this.#records === 0) return undefined;
    const inSegment = this.#segments.holding(this.#acknowledgements.mark)?.firstAppendedAt ?? 0;
    return Math.max(inSegment, this.#oldestAppendedAt) || undefined;
  }

  #isAcknowledged(segment: Segment): boolean {
    return segment.end <= this.#acknowledgements.mark;
  }

  /** The oldest segments that are too much, and those that are too old. */
  #victims({ bytes = Number.POSITIVE_INFINITY, appendedBefore = 0 }: DropUntil): Segment[] {
    let rest = this.#segments.bytes;
    let newest = 0;
    return this.#segments.oldestWhile((segment) => {
      const isTooMuch = rest > bytes;
      rest -= segment.bytes;
      // A segment is no older than those before it, whatever the clock said meanwhile.
      newest = Math.max(newest, segment.firstAppendedAt ?? 0, this.#endOfTime(segment));
      return isTooMuch || newest < appendedBefore;
    });
  }

  /** Of segments that an earlier life ended: the first one behind may have come long after their last. */
  async #learnTimes({ appendedBefore = 0 }: DropUntil): Promise<void> {
    const { disk, directory } = this.#options;
    const isOld = ({ firstAppendedAt = appendedBefore }: Segment) => firstAppendedAt < appendedBefore;
    for (const segment of this.#segments.oldestWhile(isOld)) {
      if (this.#endOfTime(segment) < appendedBefore) continue;
      segment.lastAppendedAt ??= await youngestTimeIn(disk, directory, segment);
      if (this.#endOfTime(segment) >= appendedBefore) return;
    }
  }

  /** When its last record was appended, at the latest. */
  #endOfTime(segment: Segment): number {
    const { lastAppendedAt = this.#segments.following(segment)?.firstAppendedAt } = segment;
    return lastAppendedAt ?? Number.POSITIVE_INFINITY;
  }

  async #saveMark(): Promise<void> {
    await this.#ledger.save(this.#acknowledgements.mark);
    await this.#deleteAcknowledged();
  }

  #deleteAcknowledged(): Promise<void> {
    this.#deleting ??= this.#delete();
    return this.#deleting;
  }

  async #delete(): Promise<void> {
    try {
      await undefined;
      if (this.#deletable) await this.#ledger.save(this.#acknowledgements.mark);
      // So that a power cut does not bring back more than the newest segments have.
      if (this.#deletable) await this.#ledger.sync();
      for (let victim = this.#deletable; victim; victim = this.#deletable)
        await this.#segments.delete(victim);
    } finally {
      this.#deleting = undefined;
    }
  }

  get #deletable(): Segment | undefined {
    const { oldest } = this.#segments;
    if (!oldest || !this.#isAcknowledged(oldest) || this.#writer.isWritingTo(oldest)) return undefined;
    return oldest;
  }

  #expectAppendable(records: readonly Buffer[]): void {
    this.#expectOpen();
    const { maxRecordBytes } = this.#options;
    const tooLarge = records.find(({ length }) => length > maxRecordBytes);
    if (!tooLarge) return;
    throw new RefusedError(413, `the record has ${tooLarge.length} bytes, more than ${maxRecordBytes}`);
  }

  #expectOpen(): void {
    if (this.#closing) throw new UnavailableError("the buffer is closed", { code: "closed" });
  }
}
