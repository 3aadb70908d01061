import type { BufferedRecord, DiskBuffer } from "../../../layers/buffer/buffer.ts";
import type { Clock } from "../../../layers/core/clock.ts";
import { deferred } from "../../../layers/core/deferred.ts";
import type { Journal } from "./journal.ts";

export interface BatchLimits {
  max_entries: number;
  /** Bytes. */
  max_size: number;
  /** Milliseconds: a batch that is not full goes when its oldest record is this old. */
  max_age: number;
}

export interface Batch {
  records: readonly BufferedRecord[];
  /** The same whenever these records go out together. */
  key: string;
}

export interface BatchesOptions {
  buffer: DiskBuffer;
  journal: Journal;
  /** What the keys begin with: of this lane, in this place. */
  prefix: string;
  limits: BatchLimits;
  clock: Clock;
  /** What went wrong and does not stop the batches. */
  trouble(error: unknown): void;
}

const GATHER_MS = 10;

/** How soon a disk that cannot be read is asked again. */
const READ_AGAIN_MS = 1_000;

/**
 * Cuts what waits into batches, oldest first. Those that were cut in an earlier life, and not acknowledged, are cut
 * again in the same way.
 */
export class Batches {
  readonly #options: BatchesOptions;
  /** Read, and in no batch yet. */
  #held: BufferedRecord[] = [];
  #wake: () => void = () => {};

  constructor(options: BatchesOptions) {
    this.#options = options;
  }

  /** Something was appended. */
  wake(): void {
    this.#wake();
  }

  /** The next batch, when it is full or old enough. @returns `undefined` once `signal` is aborted */
  async next(signal: AbortSignal): Promise<Batch | undefined> {
    while (!signal.aborted) {
      const woken = this.#woken(signal);
      const pause = await this.#fill();
      const first = this.#held[0];
      if (first && pause === 0) return this.#cut(first);
      await woken(pause);
    }
    return undefined;
  }

  /** @returns for how long there is nothing to do, in milliseconds; 0: there is a batch */
  async #fill(): Promise<number> {
    const { max_entries, max_size, max_age } = this.#options.limits;
    try {
      for (;;) {
        const records = max_entries - this.#held.length;
        const bytes = max_size - sizeOf(this.#held);
        if (records <= 0 || bytes <= 0) return 0;
        const read = await this.#options.buffer.read({ records, bytes });
        this.#held.push(...read);
        // Fewer than there is room for: what does not fit comes alone with the next read.
        if (read.length === 0) break;
      }
    } catch (error) {
      this.#options.trouble(error);
      if (this.#held.length === 0) return READ_AGAIN_MS;
    }
    const [oldest] = this.#held;
    if (!oldest) return Number.POSITIVE_INFINITY;
    if (this.#options.journal.find(oldest.position)) return 0;
    // A clock that was set back makes nobody wait for longer than this.
    return Math.min(max_age, Math.max(0, oldest.appendedAt + max_age - this.#options.clock.now()));
  }

  async #cut(first: BufferedRecord): Promise<Batch> {
    const known = this.#options.journal.find(first.position);
    if (known) await this.#readTo(known.last);
    const count = known
      ? this.#held.filter(({ position }) => position <= known.last).length
      : this.#roomFor(this.#options.journal.nextFirst);
    const records = this.#held.splice(0, count);
    const range = { first: first.position, last: records.at(-1)?.position ?? first.position };
    // Without it a repeat may be another batch; what is in it is known by itself all the same.
    if (!known) await this.#options.journal.note(range).catch(this.#options.trouble);
    return { records, key: `${this.#options.prefix}.${range.first}-${range.last}` };
  }

  /** As many as the limits allow, one at least, and none that went with others before. */
  #roomFor(before: number): number {
    const { max_entries, max_size } = this.#options.limits;
    let bytes = 0;
    const end = this.#held.findIndex(({ position, body }, i) => {
      bytes += body.length + 1;
      return i > 0 && (i >= max_entries || bytes > max_size || position >= before);
    });
    return end < 0 ? this.#held.length : end;
  }

  /** All of an earlier batch: every record of it was readable then. */
  async #readTo(last: number): Promise<void> {
    for (let at = this.#held.at(-1); at && at.position < last; at = this.#held.at(-1)) {
      const read = await this.#options.buffer
        .read({ records: last - at.position, bytes: Number.POSITIVE_INFINITY })
        .catch((error) => {
          this.#options.trouble(error);
          return [];
        });
      if (read.length === 0) return;
      this.#held.push(...read);
    }
  }

  /** From now on nothing that is appended goes unnoticed. */
  #woken(signal: AbortSignal): (ms: number) => Promise<void> {
    const { promise, resolve } = deferred<void>();
    const done = () => resolve();
    // Those that are appended right after it come with the same read.
    this.#wake = () => {
      this.#wake = () => {};
      setTimeout(done, GATHER_MS);
    };
    return async (ms) => {
      const timer = Number.isFinite(ms) ? setTimeout(done, ms) : undefined;
      signal.addEventListener("abort", done, { once: true });
      await promise;
      this.#wake = () => {};
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
    };
  }
}

const sizeOf = (records: readonly BufferedRecord[]): number =>
  records.reduce((sum, { body }) => sum + body.length + 1, 0);
