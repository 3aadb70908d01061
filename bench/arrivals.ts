import { machineMs, until } from "./measure.ts";

export interface WantedArrivals {
  /** What the ids of the run's messages begin with: see `messageId`. */
  run: string;
  count: number;
  deadlineMs?: number;
}

export const messageId = (run: string, index: number): string => `${run}.${index}`;

/** Notes when messages came. */
export class Arrivals {
  readonly #times = new Map<string, number>();

  /** Of a message that comes again the first time stands. */
  note(id: unknown): void {
    if (typeof id === "string" && !this.#times.has(id)) this.#times.set(id, machineMs());
  }

  /** Waits for all of a run, and forgets them. In the order of their numbers. @throws if one does not come */
  async all({ run, count, deadlineMs = 60_000 }: WantedArrivals): Promise<Float64Array> {
    await until(`all ${count} messages of ${run}`, () => this.#times.size >= count, { deadlineMs });
    const times = Float64Array.from(
      { length: count },
      (_, i) => this.#times.get(messageId(run, i)) ?? Number.NaN,
    );
    if (times.some(Number.isNaN)) throw new Error(`expected every message of ${run} once, some are missing`);
    this.#times.clear();
    return times;
  }
}
