import type { Amount, openBuffer } from "../../buffer/buffer.ts";
import { asError, UnavailableError } from "../../core/errors.ts";
import type { Backlog, Entry } from "./backlog.ts";
import type { ResolvedOptions } from "./options.ts";
import { Pending } from "./pending.ts";
import type { PublisherDiskStats } from "./stats.ts";
import { keptOnDisk, StoredEvents } from "./stored.ts";

export type OpenBuffer = typeof openBuffer;

export interface OverflowOptions {
  publisher: ResolvedOptions;
  disk: NonNullable<ResolvedOptions["disk"]>;
  backlog: Backlog;
  openBuffer: OpenBuffer;
  isConnected(): boolean;
  /** Called when events were put into the backlog. */
  pump(): void;
  /** Called when nothing is left here. */
  emptied(): void;
}

/** What one append, and one read, moves at most. */
const BATCH: Readonly<Amount> = { records: 500, bytes: 1_024 * 1_024 };
const FIRST_RETRY_MS = 100;

/**
 * The events behind those of the backlog: on disk, and behind these in memory on their way to it. Oldest first the
 * order is always: backlog, disk, pending. So a new event goes into the backlog only while this holds nothing.
 *
 * A disk that cannot be opened or written holds nobody up: as soon as nothing is left to read on it, what is pending
 * goes past it into the backlog.
 */
export class Overflow {
  readonly #options: OverflowOptions;
  readonly #pending = new Pending();
  #stored: StoredEvents | undefined;
  #hasTried = false;
  #failures = 0;
  #lastError: string | undefined;
  #written = 0;
  /** How many events the next batch may have: fewer and fewer while the disk has room for a part only. */
  #most = BATCH.records;
  #working: Promise<void> | undefined;
  #loading: Promise<void> | undefined;
  /** Nothing is read meanwhile: what is dropped would still be loaded. */
  #isDropping = false;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: OverflowOptions) {
    this.#options = options;
    this.#work();
  }

  /** Events on their way to the disk, and the bytes of their bodies. */
  get pending(): Pick<Pending, "length" | "bytes"> {
    return this.#pending;
  }

  /** Whether an event that comes now must come behind others here. Until the disk was looked at, it may have some. */
  get holds(): boolean {
    return this.#pending.length > 0 || this.#unread > 0 || !this.#hasTried;
  }

  /** Whether an event of this size is for here, and not for the backlog. */
  isFor(size: number): boolean {
    const { disk, backlog, publisher } = this.#options;
    return (
      this.holds ||
      disk.mode === "always" ||
      backlog.size * 2 >= publisher.maxBufferedEvents ||
      (backlog.bytes + size) * 2 > publisher.maxBufferedBytes
    );
  }

  /** @throws {UnavailableError} `buffer_full`, where the policy is to reject */
  add(entry: Entry): void {
    const { backlog, publisher } = this.#options;
    while (!this.#hasRoom(entry.message.body.length)) {
      const oldest = publisher.whenFull === "drop-oldest" ? this.#pending.shift() : undefined;
      if (!oldest) {
        backlog.refuse(entry);
        return;
      }
      backlog.drop(oldest);
    }
    this.#pending.push(entry);
    this.#work();
  }

  /** It came from the disk, and is confirmed or given up. */
  settle(stored: NonNullable<Entry["stored"]>): void {
    this.#stored?.settle(stored);
  }

  /** Whoever asked about the event does not wait any longer. */
  forget(id: string): void {
    this.#stored?.forget(id);
  }

  /** To be called when the connection is up, and when the backlog has got shorter. */
  load(): void {
    if (this.#pending.length > 0) this.#work();
    if (this.#wantsMore) this.#loading ??= this.#loadAll();
  }

  stats(): PublisherDiskStats {
    const { records = 0, bytes = 0, damaged, oldestAppendedAt, lastError } = this.#stored?.stats ?? {};
    return {
      open: this.#stored !== undefined && !this.#closed,
      events: records,
      bytes,
      maxBytes: this.#options.disk.maxBytes,
      oldestAt: oldestAppendedAt,
      written: this.#written,
      damaged: damaged?.records ?? 0,
      lastError: this.#lastError ?? lastError,
    };
  }

  /**
   * Keeps on disk what the backlog still has and what is on its way there.
   *
   * @returns what could not be kept
   */
  async close(left: readonly Entry[]): Promise<Entry[]> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#working;
    await this.#loading;
    for (const { stored, settled } of left) if (stored) settled?.(keptOnDisk());
    const rest = [...left.filter(({ stored }) => !stored), ...this.#pending.takeAll()];
    while (rest.length > 0 && (await this.#append(rest.slice(0, BATCH.records)))) {
      rest.splice(0, BATCH.records);
    }
    await this.#stored?.close();
    return rest;
  }

  get #unread(): number {
    return this.#stored?.unread ?? 0;
  }

  #hasRoom(size: number): boolean {
    const { backlog, publisher } = this.#options;
    return (
      backlog.size + this.#pending.length < publisher.maxBufferedEvents &&
      backlog.bytes + this.#pending.bytes + size <= publisher.maxBufferedBytes
    );
  }

  #work(): void {
    if (this.#closed) return;
    if (this.#retry) this.#passBy();
    else this.#working ??= this.#workOff();
  }

  /** Opens the disk, then writes to it what is pending. */
  async #workOff(): Promise<void> {
    // What is published in one turn is written together.
    await undefined;
    let works = await this.#open();
    while (works && !this.#closed && this.#pending.length > 0 && !this.#passBy()) {
      works = await this.#writeBatch();
    }
    // In the same turn as the last look at what is pending.
    this.#working = undefined;
    if (!works) this.#tryLater();
    this.load();
    if (!this.holds) this.#options.emptied();
  }

  async #open(): Promise<boolean> {
    if (this.#stored) return true;
    const { disk, openBuffer, publisher } = this.#options;
    const { directory, maxBytes } = disk;
    try {
      const buffer = await openBuffer({ directory, maxBytes, maxRecordBytes: publisher.maxEventBytes });
      this.#stored = new StoredEvents(buffer, (error) => this.#failed(error));
      this.#failures = 0;
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    } finally {
      this.#hasTried = true;
    }
  }

  async #writeBatch(): Promise<boolean> {
    // What waits in memory goes to the disk before what comes after it, so that the disk has all of it in order.
    if (this.#unread === 0) this.#pending.putFirst(this.#options.backlog.takeUnstored());
    const batch = this.#pending.begin({ ...BATCH, records: this.#most });
    const written = await this.#append(batch);
    this.#pending.end({ written });
    this.load();
    return written || this.#most < batch.length;
  }

  async #append(batch: readonly Entry[]): Promise<boolean> {
    try {
      if (!this.#stored) return false;
      await this.#appendOrDrop(this.#stored, batch);
    } catch (error) {
      this.#failed(error);
      // Where there is no room for all of it, there may be for a part.
      this.#most = isFull(error) && batch.length > 1 ? Math.ceil(batch.length / 2) : BATCH.records;
      return false;
    }
    this.#most = BATCH.records;
    this.#failures = 0;
    this.#written += batch.length;
    return true;
  }

  /** Where the oldest gives way, the oldest part of the disk does. */
  async #appendOrDrop(stored: StoredEvents, batch: readonly Entry[]): Promise<void> {
    const { publisher, backlog } = this.#options;
    for (;;) {
      try {
        return await stored.append(batch);
      } catch (error) {
        const mayDrop = publisher.whenFull === "drop-oldest" && stored.stats.records > 0;
        if (!isFull(error) || !mayDrop) throw error;
        const { bytes } = stored.stats;
        this.#isDropping = true;
        await this.#loading;
        backlog.dropped += await stored.dropOldest();
        this.#isDropping = false;
        if (stored.stats.bytes >= bytes) throw error;
      }
    }
  }

  /** Where nothing older is left on disk, and the disk is not asked for or does not work, memory is the way. */
  #passBy(): boolean {
    const { disk, backlog, publisher, pump } = this.#options;
    const isBroken = !this.#stored || this.#retry !== undefined;
    if (this.#unread > 0 || (disk.mode === "always" && !isBroken)) return false;
    while (backlog.size * 2 < publisher.maxBufferedEvents) {
      const entry = this.#pending.shift();
      if (!entry) break;
      backlog.put(entry);
    }
    pump();
    return this.#pending.length === 0;
  }

  /** Half of the memory is for what is sent, the other half for what comes meanwhile. */
  get #loadable(): Amount {
    const { isConnected, backlog, publisher } = this.#options;
    if (!isConnected() || this.#closed || this.#isDropping) return { records: 0, bytes: 0 };
    const records = Math.ceil(publisher.maxBufferedEvents / 2) - backlog.size;
    const bytes = Math.ceil(publisher.maxBufferedBytes / 2) - backlog.bytes;
    return { records: Math.min(records, BATCH.records), bytes: Math.min(bytes, BATCH.bytes) };
  }

  get #wantsMore(): boolean {
    const { records, bytes } = this.#loadable;
    return this.#unread > 0 && records > 0 && bytes > 0;
  }

  async #loadAll(): Promise<void> {
    const { backlog, pump, emptied } = this.#options;
    try {
      await undefined;
      while (this.#stored && this.#wantsMore) {
        for (const entry of await this.#stored.load(this.#loadable)) backlog.put(entry);
        pump();
      }
    } catch (error) {
      this.#failed(error);
      this.#tryLater();
    }
    this.#loading = undefined;
    if (this.#pending.length > 0) this.#work();
    else if (!this.holds) emptied();
  }

  #failed(error: unknown): void {
    this.#failures++;
    this.#lastError = asError(error).message;
  }

  #tryLater(): void {
    if (this.#closed || this.#retry) return;
    const pause = Math.min(this.#options.publisher.maxReconnectMs, FIRST_RETRY_MS * 2 ** this.#failures);
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#work();
      this.load();
    }, pause);
    this.#passBy();
  }
}

const isFull = (error: unknown): boolean => error instanceof UnavailableError && error.code === "buffer_full";
