import { UnavailableError } from "../../core/errors.ts";
import type { Outgoing } from "../message.ts";
import type { ResolvedOptions } from "./options.ts";

export interface Entry {
  message: Outgoing;
  /** Milliseconds since the Unix epoch. */
  acceptedAt: number;
  /** Told once what became of the event; only critical ones ask. */
  settled?: (failure?: Error) => void;
}

export type BacklogLimits = Pick<ResolvedOptions, "maxBufferedEvents" | "maxBufferedBytes" | "whenFull">;

/**
 * The events that the broker has not confirmed, oldest first: those sent, then those waiting. It is bounded, and
 * its order is the order of `publish`, across any number of lost connections.
 */
export class Backlog {
  readonly #limits: BacklogLimits;
  readonly #sent = new Set<Entry>();
  #waiting: Entry[] = [];
  #head = 0;
  #bytes = 0;
  dropped = 0;

  constructor(limits: BacklogLimits) {
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#waiting.length - this.#head;
  }

  get unconfirmed(): number {
    return this.#sent.size;
  }

  get size(): number {
    return this.waiting + this.#sent.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws {UnavailableError} `buffer_full`, where the policy is to reject */
  add(entry: Entry): void {
    const size = entry.message.body.length;
    if (!this.#makeRoom(size)) {
      this.dropped++;
      const error = new UnavailableError("the publisher's buffer is full", { code: "buffer_full" });
      if (this.#limits.whenFull === "reject") throw error;
      entry.settled?.(error);
      return;
    }
    this.#bytes += size;
    this.#waiting.push(entry);
  }

  /** The oldest that waits, now counted as sent. */
  take(): Entry | undefined {
    const entry = this.#shift();
    if (entry) this.#sent.add(entry);
    return entry;
  }

  /** Confirmed or given up: it is forgotten. */
  settle(entry: Entry, failure?: Error): void {
    if (!this.#sent.delete(entry)) return;
    this.#bytes -= entry.message.body.length;
    entry.settled?.(failure);
  }

  /** What was sent and never confirmed goes out again, before everything that came later. */
  rewind(): void {
    if (this.#sent.size === 0) return;
    this.#waiting = [...this.#sent, ...this.#waiting.slice(this.#head)];
    this.#head = 0;
    this.#sent.clear();
  }

  #makeRoom(size: number): boolean {
    const { maxBufferedEvents, maxBufferedBytes, whenFull } = this.#limits;
    while (this.size >= maxBufferedEvents || this.#bytes + size > maxBufferedBytes) {
      const oldest = whenFull === "drop-oldest" ? this.#shift() : undefined;
      if (!oldest) return false;
      this.dropped++;
      this.#bytes -= oldest.message.body.length;
      oldest.settled?.(
        new UnavailableError("dropped: the publisher's buffer is full", { code: "buffer_full" }),
      );
    }
    return true;
  }

  #shift(): Entry | undefined {
    const entry = this.#waiting[this.#head];
    if (!entry) return undefined;
    this.#head++;
    if (this.#head === this.#waiting.length) {
      this.#waiting = [];
      this.#head = 0;
    } else if (this.#head > 1_024 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }
}
