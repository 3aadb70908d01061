import type { Amount, DiskBuffer } from "../../layers/buffer/buffer.ts";
import type { Clock } from "../../layers/core/clock.ts";
import type { Logger } from "../../layers/core/logger.ts";
import type { Tell } from "./events.ts";
import type { LaneName } from "./lanes.ts";
import type { Store } from "./store.ts";

/** Why entries that were acknowledged to their sender are gone; `damaged` on the disk is nobody's decision. */
export type DropReason = "max_age" | "max_size" | "damaged";

export interface RetentionOptions {
  store: Store;
  /** Milliseconds. */
  maxAge: number;
  clock: Clock;
  /** Milliseconds since some moment: goes on evenly when the clock is set. */
  monotonicMs: () => number;
  tell: Tell;
  logger: Logger;
}

/** What has still to be told of a buffer and a reason. */
interface Untold {
  count: number;
  bytes: number;
}

/** So much of the limit is kept free for what comes until the next look. */
const HEADROOM = 1 / 16;
/** Many drops in a row are one event. */
const TELL_EVERY_MS = 60_000;

const sharing = ["logs", "metrics"] as const satisfies readonly LaneName[];

/** Drops what is too old, and the oldest where there is too much; counts it, and tells of it. */
export class Retention {
  /** Entries since the start: `logs max_age`. */
  readonly dropped = new Map<string, number>();
  readonly #options: RetentionOptions;
  readonly #untold = new Map<string, Untold>();
  readonly #damaged = new Map<LaneName, Amount>();
  readonly #started: { at: number; monotonicMs: number };
  #toldAt = Number.NEGATIVE_INFINITY;
  #enforcing: Promise<void> | undefined;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#started = { at: options.clock.now(), monotonicMs: options.monotonicMs() };
  }

  get target(): number {
    const { maxBytes } = this.#options.store;
    return Math.floor(maxBytes * (1 - HEADROOM));
  }

  /** One at a time. Never rejects: what fails is tried again with the next. */
  enforce(): Promise<void> {
    this.#enforcing ??= this.#enforce()
      .catch((error) => this.#options.logger.warn("retention failed", { error }))
      .finally(() => {
        this.#enforcing = undefined;
      });
    return this.#enforcing;
  }

  async #enforce(): Promise<void> {
    const { store } = this.#options;
    const appendedBefore = this.#appendedBefore();
    for (const lane of ["logs", "metrics", "events"] as const) {
      const { oldestAppendedAt } = store.buffers[lane].stats;
      if (oldestAppendedAt !== undefined && oldestAppendedAt < appendedBefore) {
        await this.#drop(lane, { appendedBefore }, "max_age");
      }
    }
    await this.#makeRoom();
    this.#countDamage();
    await this.#tell();
  }

  /**
   * What came since the start is no older than the start is long ago: on a machine that learns the time only when
   * the network is there, the clock would make it decades old at one stroke.
   */
  #appendedBefore(): number {
    const { maxAge, clock, monotonicMs } = this.#options;
    const byClock = clock.now() - maxAge;
    const { at, monotonicMs: since } = this.#started;
    return monotonicMs() - since < maxAge ? Math.min(byClock, at) : byClock;
  }

  /** From whichever has the oldest, until the sum fits. */
  async #makeRoom(): Promise<void> {
    const { store } = this.#options;
    for (let excess = store.bytes - this.target; excess > 0; excess = store.bytes - this.target) {
      const [lane] = [...sharing].sort((a, b) => ageOf(store.buffers[a]) - ageOf(store.buffers[b]));
      if (lane === undefined) return;
      const before = store.bytes;
      // A segment goes whole: no more than one at a time.
      await this.#drop(lane, { bytes: store.buffers[lane].stats.bytes - 1 }, "max_size");
      if (store.bytes >= before) return;
    }
  }

  async #drop(
    lane: LaneName,
    until: Parameters<DiskBuffer["dropOldest"]>[0],
    reason: DropReason,
  ): Promise<void> {
    const { store, logger } = this.#options;
    const before = store.buffers[lane].stats.dropped;
    await store.buffers[lane]
      .dropOldest(until)
      .catch((error) => logger.warn("what was dropped is still on the disk", { lane, error }));
    this.#count(lane, reason, since(before, store.buffers[lane].stats.dropped));
  }

  #countDamage(): void {
    for (const [lane, { stats }] of Object.entries(this.#options.store.buffers) as [LaneName, DiskBuffer][]) {
      const { damaged } = stats;
      this.#count(lane, "damaged", since(this.#damaged.get(lane), damaged));
      this.#damaged.set(lane, damaged);
    }
  }

  #count(lane: LaneName, reason: DropReason, { records, bytes }: Amount): void {
    if (records === 0) return;
    const key = `${lane} ${reason}`;
    this.dropped.set(key, (this.dropped.get(key) ?? 0) + records);
    const untold = this.#untold.get(key) ?? { count: 0, bytes: 0 };
    this.#untold.set(key, { count: untold.count + records, bytes: untold.bytes + bytes });
    this.#options.logger.error("entries were dropped", { lane, reason, count: records });
  }

  async #tell(): Promise<void> {
    const { clock, tell } = this.#options;
    const sinceTold = clock.now() - this.#toldAt;
    if (this.#untold.size === 0 || (sinceTold >= 0 && sinceTold < TELL_EVERY_MS)) return;
    for (const [key, { count, bytes }] of [...this.#untold]) {
      const [buffer, reason] = key.split(" ");
      await tell("edge.data.dropped", { buffer, reason, count, bytes });
      this.#untold.delete(key);
    }
    this.#toldAt = clock.now();
  }
}

const since = (before: Amount = { records: 0, bytes: 0 }, now: Amount): Amount => ({
  records: now.records - before.records,
  bytes: now.bytes - before.bytes,
});

const ageOf = ({ stats }: DiskBuffer): number =>
  // One that is empty of what waits may still have segments that nobody needs.
  stats.oldestAppendedAt ?? (stats.bytes > 0 ? 0 : Number.POSITIVE_INFINITY);
