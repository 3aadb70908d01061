import type { DiskBuffer } from "../../../layers/buffer/buffer.ts";
import type { Clock } from "../../../layers/core/clock.ts";
import { deferred } from "../../../layers/core/deferred.ts";
import { asError, UnavailableError } from "../../../layers/core/errors.ts";
import type { Logger } from "../../../layers/core/logger.ts";
import type { Failure, Lane } from "../lanes.ts";
import { type BackoffSettings, Pauses, pauseMs } from "./backoff.ts";
import { type Batch, Batches, type BatchLimits } from "./batches.ts";
import { type Journal, SLOTS } from "./journal.ts";
import { Line } from "./line.ts";
import type { Rejected } from "./rejected.ts";
import type { Sender } from "./sender.ts";
import { type Later, type Verdict, verdictOf } from "./verdict.ts";

export interface ForwarderOptions {
  lane: Lane;
  buffer: DiskBuffer;
  journal: Journal;
  /** What idempotency keys begin with. */
  prefix: string;
  sender: Sender;
  rejected: Rejected;
  limits: BatchLimits;
  /** Batches that may be on their way at once. */
  inFlight: number;
  /** Milliseconds. */
  timeout: number;
  backoff: BackoffSettings;
  clock: Clock;
  logger: Logger;
  random: () => number;
}

export interface ForwarderStats {
  /** Entries that the platform has, since the start. */
  sent: number;
  /** Entries in the rejected file, since the start. */
  rejected: number;
  batches: number;
  /** Attempts that have to be repeated. */
  failures: number;
  inFlight: number;
  lastSentAt?: number;
  /** Until the platform is reached again. */
  lastError?: string;
  lastErrorAt?: number;
}

interface Flight {
  /** In the order in which they were cut. */
  number: number;
  /** Which no later batch may overtake. */
  keys: Set<string> | undefined;
}

/**
 * Sends a lane's batches, oldest first, several at a time, each until it is stored or refused for good. A record
 * is acknowledged once that is so for the whole of its batch.
 */
export class Forwarder {
  readonly stats: ForwarderStats = { sent: 0, rejected: 0, batches: 0, failures: 0, inFlight: 0 };
  readonly #options: ForwarderOptions;
  readonly #batches: Batches;
  readonly #pauses = new Pauses();
  readonly #line: Line;
  /** On their way, the oldest first. */
  readonly #flying = new Map<Promise<void>, Flight>();
  #taken = 0;
  /** Until the next one of them is through; when told to end they all soon are. */
  #landed = deferred<void>();
  /** Since something last got through. */
  #failuresInRow = 0;
  #isAway = false;
  /** No new batch, no further attempt. */
  readonly #ending = new AbortController();
  /** Nor any longer wait for an answer. */
  readonly #giveUp = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: ForwarderOptions) {
    const { buffer, journal, prefix, limits, clock } = options;
    this.#options = options;
    const trouble = (error: unknown) => this.#noticed(asError(error).message);
    this.#line = new Line(options);
    this.#batches = new Batches({ buffer, journal, prefix, limits, clock, trouble });
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Something was appended. */
  wake(): void {
    this.#batches.wake();
  }

  /** Begins nothing more and waits for the answers that are due, at most `limitMs`. */
  async stop(limitMs: number): Promise<void> {
    this.#ending.abort();
    const timer = setTimeout(() => this.#giveUp.abort(), limitMs);
    await this.#running;
    await Promise.all(this.#flying.keys());
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    for (;;) {
      while (this.#flying.size >= this.#options.inFlight) await this.#landed.promise;
      // The journal knows no more of them: one that never passes must not push out those beyond it.
      while (this.#taken - this.#oldest >= SLOTS && !signal.aborted) await this.#landed.promise;
      const batch = await this.#batches.next(signal);
      if (!batch) return;
      const keys = this.#options.lane.keysOf?.(bodiesOf(batch));
      while (this.#wouldOvertake(keys)) await this.#landed.promise;
      if (signal.aborted) return;
      this.#fly(batch, keys);
    }
  }

  #fly(batch: Batch, keys: Set<string> | undefined): void {
    const flight = this.#deliver(batch).finally(() => {
      this.#flying.delete(flight);
      this.#landed.resolve();
      this.#landed = deferred();
      this.stats.inFlight = this.#flying.size;
    });
    this.#flying.set(flight, { number: this.#taken++, keys });
    this.stats.inFlight = this.#flying.size;
  }

  #wouldOvertake(keys: Set<string> | undefined): boolean {
    if (!keys) return false;
    return [...this.#flying.values()].some(
      (flight) => flight.keys && [...keys].some((key) => flight.keys?.has(key)),
    );
  }

  /** The number of the batch that has been on its way the longest. */
  get #oldest(): number {
    const [first] = this.#flying.values();
    return first?.number ?? this.#taken;
  }

  async #deliver(batch: Batch): Promise<void> {
    const isDone = await this.#settle(bodiesOf(batch), batch.key);
    if (!isDone) return;
    this.stats.batches++;
    await this.#options.buffer
      .acknowledge(batch.records)
      .catch((error: unknown) => this.#noticed(asError(error).message));
  }

  /** @returns false if it was told to end before that */
  async #settle(records: readonly Buffer[], key: string): Promise<boolean> {
    let timeouts = 0;
    for (let failures = 1; !this.#ending.signal.aborted; failures++) {
      const verdict = await this.#line.use(() => this.#attempt(records, key, timeouts));
      const settled = await this.#conclude(verdict, records, key).catch((error: unknown): Later => {
        return { kind: "later", reason: `${this.#options.lane.name}: ${asError(error).message}` };
      });
      if (typeof settled === "boolean") return settled;
      if (settled.isTimeout) timeouts++;
      await this.#pause(settled, failures);
    }
    return false;
  }

  /** Never rejects. */
  async #attempt(records: readonly Buffer[], key: string, timeouts: number): Promise<Verdict> {
    const { lane, sender, clock } = this.#options;
    const { path, contentType } = lane;
    const { signal } = this.#giveUp;
    const startedAt = performance.now();
    try {
      // It may have waited for its turn.
      if (this.#ending.signal.aborted) return { kind: "later", reason: "told to end" };
      const body = lane.bodyOf(records);
      const timeoutMs = this.#line.limitMs(timeouts);
      const answer = await sender.send({ method: "POST", path, contentType, body, key, timeoutMs, signal });
      const verdict = verdictOf(answer, lane, records, clock.now());
      if (verdict.kind !== "later") this.#line.answered(performance.now() - startedAt);
      return verdict;
    } catch (error) {
      const isTimeout = error instanceof UnavailableError && error.code === "timeout";
      if (isTimeout) this.#line.narrow();
      return { kind: "later", reason: asError(error).message, isTimeout };
    }
  }

  /** @returns whether it is settled, or why it is not */
  async #conclude(verdict: Verdict, records: readonly Buffer[], key: string): Promise<boolean | Later> {
    if (verdict.kind === "later") return verdict;
    this.#reached();
    if (verdict.kind === "split") {
      const half = Math.ceil(records.length / 2);
      const first = await this.#settle(records.slice(0, half), `${key}.0`);
      return first && (await this.#settle(records.slice(half), `${key}.1`));
    }
    const failures =
      verdict.kind === "stored"
        ? merged(verdict.failures)
        : records.map((_, index) => ({ index, reason: verdict.reason }));
    if (failures.length > 0) await this.#reject(records, failures);
    this.stats.sent += records.length - failures.length;
    this.stats.lastSentAt = this.#options.clock.now();
    return true;
  }

  async #reject(records: readonly Buffer[], failures: readonly Failure[]): Promise<void> {
    const { lane, rejected, logger } = this.#options;
    const entries = failures.flatMap(({ index, reason }) => {
      const record = records[index];
      return record ? [{ reason, entry: lane.plain(record) }] : [];
    });
    await rejected.add(lane.name, entries);
    this.stats.rejected += entries.length;
    const [first] = failures;
    logger.error("the platform refused entries", {
      lane: lane.name,
      count: entries.length,
      reason: first?.reason,
    });
  }

  async #pause({ reason, retryAfterMs }: Later, failures: number): Promise<void> {
    const { backoff, random } = this.#options;
    if (this.#ending.signal.aborted) return;
    this.stats.failures++;
    if (++this.#failuresInRow >= this.#flying.size) this.#isAway = true;
    if (this.#isAway) this.#line.narrow();
    this.#noticed(reason);
    const ms = pauseMs(backoff, failures, random, retryAfterMs);
    // What the platform asked for is kept to, whoever else gets through.
    await this.#pauses.sleep(ms, this.#ending.signal, retryAfterMs === undefined);
  }

  /** Said once, not at each attempt. */
  #noticed(reason: string): void {
    const { lane, logger, clock } = this.#options;
    if (this.stats.lastError !== reason) logger.warn("entries wait", { lane: lane.name, reason });
    this.stats.lastError = reason;
    this.stats.lastErrorAt = clock.now();
  }

  /** The platform is there. Nobody waits any longer who waited for that alone. */
  #reached(): void {
    this.#failuresInRow = 0;
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#options.logger.info("entries go out again", { lane: this.#options.lane.name });
    delete this.stats.lastError;
    this.#pauses.wake();
  }
}

const bodiesOf = ({ records }: Batch): Buffer[] => records.map(({ body }) => body);

/** One per record, with all that is wrong with it. */
function merged(failures: readonly Failure[]): Failure[] {
  const reasons = new Map<number, string[]>();
  for (const { index, reason } of failures) reasons.set(index, [...(reasons.get(index) ?? []), reason]);
  return [...reasons].map(([index, all]) => ({ index, reason: all.join("; ") }));
}
