import { sha256 } from "../../../../layers/core/ids.ts";
import { MICROS_PER_SECOND, type Micros } from "../../../../layers/core/time.ts";
import type { Row } from "./connection.ts";

// Rows that were taken and may be met again, in slices of time, so that what has left the window goes at once and
// what is too much goes from the oldest end. Forgetting costs that rows are taken again, which changes nothing.
// What a look should have met and has not is forgotten as well: the row was changed, and may be changed back.

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
  /** Fingerprints, and the look that met each of them last. */
  readonly #slices = new Map<number, Map<string, number>>();
  #look = 0;
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

  /** @returns whether it was taken before */
  meets(time: Micros, fingerprint: string): boolean {
    const known = this.#slices.get(this.#sliceOf(time));
    if (!known?.has(fingerprint)) return false;
    known.set(fingerprint, this.#look);
    return true;
  }

  add(time: Micros, fingerprint: string): void {
    const slice = this.#sliceOf(time);
    const known = this.#slices.get(slice) ?? new Map<string, number>();
    this.#slices.set(slice, known);
    if (!known.has(fingerprint)) this.#size++;
    known.set(fingerprint, this.#look);
    while (this.#size > this.#limit) this.#forgetOldest();
  }

  /** A look has ended that met every row between these times; the next begins. */
  looked(from: Micros, to: Micros): void {
    const [first, end] = [this.#sliceOf(from), this.#sliceOf(to)];
    for (const [slice, known] of this.#slices) {
      if (slice < first || slice >= end) continue;
      for (const [fingerprint, look] of known) {
        if (look === this.#look) continue;
        known.delete(fingerprint);
        this.#size--;
      }
    }
    this.#look++;
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
