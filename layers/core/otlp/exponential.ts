/** An exponential histogram's counts, as the data model defines them ("Metrics Data Model", ExponentialHistogram). */
export interface ExponentialCounts {
  /** Bucket i holds values in (base^i, base^(i+1)], base = 2^(2^-scale). */
  scale: number;
  zeroCount: number;
  positive: Buckets;
  negative: Buckets;
}

export interface Buckets {
  /** Index of the first bucket. */
  offset: number;
  counts: readonly number[];
}

/**
 * The value that a share of the recorded ones is at most: the geometric middle of the bucket that it falls in, off by
 * half a bucket's width at most.
 *
 * @returns `undefined` where nothing was recorded
 */
export function quantileOf(counts: ExponentialCounts, quantile: number): number | undefined {
  const buckets = ascending(counts);
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return undefined;
  const rank = quantile * (total - 1);
  let below = 0;
  for (const { value, count } of buckets) {
    below += count;
    if (below > rank) return value;
  }
  return buckets.at(-1)?.value;
}

function ascending({ scale, zeroCount, positive, negative }: ExponentialCounts) {
  const middle = (index: number) => 2 ** ((index + 0.5) * 2 ** -scale);
  const valued = ({ offset, counts }: Buckets, sign: 1 | -1) =>
    counts.map((count, i) => ({ value: sign * middle(offset + i), count }));
  const all = [...valued(negative, -1).reverse(), { value: 0, count: zeroCount }, ...valued(positive, 1)];
  return all.filter(({ count }) => count > 0);
}
