import { sha256 } from "../../../../layers/core/ids.ts";
import { MICROS_PER_SECOND, type Micros } from "../../../../layers/core/time.ts";
import type { Row } from "./connection.ts";

// Rows that were taken and may be met again, in slices of time, so that what has left the window goes at once and
// what is too much goes from the oldest end. Forgetting costs that rows are taken again, which changes nothing.

const SLICES_PER_WINDOW = 32;
const NARROWEST: Micros = MICROS_PER_SECOND; // Few slices, however narrow the window.
/** Characters of base64: 96 bits, so that no two rows are ever taken for one. */
const FINGERPRINT_CHARS = 16;

export interface TakenOptions {
  windowMicros: Micros;
  /** At most so many are remembered. */
  limit: number;
}

export class Taken {
  readonly #width: Micros;
  readonly #limit: number;
  readonly #slices = new Map<number, Set<string>>();
  #size = 0;
  #from: Micros = Number.NEGATIVE_INFINITY;

  constructor({ windowMicros, limit }: TakenOptions) {
    this.#width = Math.max(NARROWEST, Math.ceil(windowMicros / SLICES_PER_WINDOW));
    this.#limit = limit;
  }

  /** Nothing from here on was forgotten. */
  get from(): Micros {
    return this.#from;
  }

  get size(): number {
    return this.#size;
  }

  has(time: Micros, fingerprint: string): boolean {
    return this.#slices.get(this.#sliceOf(time))?.has(fingerprint) ?? false;
  }

  add(time: Micros, fingerprint: string): void {
    const slice = this.#sliceOf(time);
    const known = this.#slices.get(slice) ?? new Set();
    this.#slices.set(slice, known);
    if (known.has(fingerprint)) return;
    known.add(fingerprint);
    this.#size++;
    while (this.#size > this.#limit) this.#forgetOldest();
  }

  /** What is older will not be met again. */
  settle(before: Micros): void {
    const first = this.#sliceOf(before);
    for (const slice of this.#slices.keys()) if (slice < first) this.#forget(slice);
  }

  #forgetOldest(): void {
    const oldest = Math.min(...this.#slices.keys());
    this.#forget(oldest);
    this.#from = Math.max(this.#from, (oldest + 1) * this.#width);
  }

  #forget(slice: number): void {
    this.#size -= this.#slices.get(slice)?.size ?? 0;
    this.#slices.delete(slice);
  }

  #sliceOf(time: Micros): number {
    return Math.floor(time / this.#width);
  }
}

/** Of all that is read of a row: one whose values were changed is another. */
export const fingerprintOf = (row: Row): string =>
  sha256(JSON.stringify(row)).toString("base64").slice(0, FINGERPRINT_CHARS);
