/** Chance that can be repeated: whoever knows the seed knows every draw. */
export interface Random {
  readonly seed: number;
  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number;
  between(lowest: number, highest: number): number;
  pick<Item>(items: readonly Item[]): Item;
  shuffled<Item>(items: readonly Item[]): Item[];
}

/** @param seed to repeat a run: TEST_SEED does so for a whole run. @default the machine's choice */
export function seededRandom(seed: number = chosenSeed()): Random {
  let state = seed;
  // mulberry32: 32 bits of state, a full period, and good enough for choosing moments.
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    seed,
    below,
    between: (lowest, highest) => lowest + below(highest - lowest + 1),
    pick(items) {
      const picked = items[below(items.length)];
      if (picked === undefined) throw new RangeError("nothing to pick from");
      return picked;
    },
    shuffled(items) {
      const drawn = items.map((item) => ({ item, rank: next() }));
      return drawn.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
    },
  };
}

const chosenSeed = (): number => Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
