import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds on the one monotonic clock that all processes of this machine share. */
export const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** @param share 0.95 for the 95th percentile: the smallest sample that this share of them does not exceed */
export function percentile(samples: ArrayLike<number>, share: number): number {
  if (samples.length === 0) throw new RangeError("expected at least one sample, got none");
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (samples: ArrayLike<number>): number => percentile(samples, 0.5);

/**
 * Measures each side once per round, in turn, so that whatever else the machine does meets all of them alike. A
 * first round, which finds caches and compilers cold, is not counted.
 */
export async function interleave<Side extends string, Result>(
  rounds: number,
  sides: Readonly<Record<Side, (round: number) => Promise<Result>>>,
): Promise<Record<Side, Result[]>> {
  const names = Object.keys(sides) as Side[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Side, Result[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const result = await sides[name](round);
      if (round > 0) results[name].push(result);
    }
  }
  return results;
}

export interface Pace {
  perSecond: number;
  seconds: number;
}

/** Calls `send` at an even pace, and catches up at once with what a late timer missed. */
export async function paced({ perSecond, seconds }: Pace, send: (index: number) => void): Promise<void> {
  const total = Math.round(perSecond * seconds);
  const startedAt = machineMs();
  for (let sent = 0; sent < total; ) {
    const due = Math.floor(((machineMs() - startedAt) * perSecond) / 1_000) + 1;
    while (sent < Math.min(due, total)) send(sent++);
    await sleep(1);
  }
}

/** Keeps up to `width` pieces of work going until `total` are done. Ends with the first that fails. */
export async function inFlight(
  width: number,
  total: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < total) await work(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/** Asks again and again, at most for `deadlineMs`. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { everyMs = 5, deadlineMs = 60_000 } = {},
): Promise<void> {
  const giveUpAt = machineMs() + deadlineMs;
  while (!(await condition())) {
    if (machineMs() > giveUpAt) throw new Error(`expected ${what} within ${deadlineMs} ms`);
    await sleep(everyMs);
  }
}

/** For what must be exact before a figure counts. */
export function expectExactly(what: string, expected: number, found: number): void {
  if (expected !== found) throw new Error(`${what}: expected ${expected}, found ${found}`);
}
