import type { BufferedRecord } from "../../buffer/buffer.ts";
import { UnavailableError } from "../../core/errors.ts";
import type { Outgoing } from "../message.ts";
import type { ResolvedOptions } from "./options.ts";

export interface Entry {
  message: Outgoing;
  /** Milliseconds since the Unix epoch. */
  acceptedAt: number;
  /** Told once what became of the event; only critical ones ask. */
  settled?: (failure?: Error) => void;
  /** Where it is on disk, if it came from there. */
  stored?: Pick<BufferedRecord, "position" | "appendedAt">;
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
      this.refuse(entry);
      return;
    }
    this.put(entry);
  }

  /** There is no room for it. @throws {UnavailableError} `buffer_full`, where the policy is to reject */
  refuse(entry: Entry): void {
    const error = new UnavailableError("the publisher's buffer is full", { code: "buffer_full" });
    this.dropped++;
    if (this.#limits.whenFull === "reject") throw error;
    entry.settled?.(error);
  }

  /** It gives way to a newer one. */
  drop(entry: Entry): void {
    this.dropped++;
    entry.settled?.(new UnavailableError("dropped: the publisher's buffer is full", { code: "buffer_full" }));
  }

  /** Without asking for room: whoever calls has looked after it. */
  put(entry: Entry): void {
    this.#bytes += entry.message.body.length;
    this.#waiting.push(entry);
  }

  /** Takes the newest of those that wait, as far back as none of them came from the disk. @returns oldest first */
  takeUnstored(): Entry[] {
    const lastStored = this.#waiting.findLastIndex(({ stored }) => stored !== undefined);
    const taken = this.#waiting.splice(Math.max(this.#head, lastStored + 1));
    for (const { message } of taken) this.#bytes -= message.body.length;
    return taken;
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

  /** Takes all there is, oldest first. */
  takeAll(): Entry[] {
    this.rewind();
    const all = this.#waiting.slice(this.#head);
    this.#waiting = [];
    this.#head = 0;
    this.#bytes = 0;
    return all;
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
      this.#bytes -= oldest.message.body.length;
      this.drop(oldest);
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
