// DDSketch (Masson, Rim, Lee 2019) as plain rows: each value falls into a bucket whose bounds grow by γ, so that
// any quantile is within 1 % of the true value, and two sketches merge by adding their counts.

const RELATIVE_ACCURACY = 0.01;
const GAMMA = (1 + RELATIVE_ACCURACY) / (1 - RELATIVE_ACCURACY);
const LN_GAMMA = Math.log(GAMMA);

/** All values up to a microsecond, zero and below share the lowest bucket. */
const SMALLEST_MS = 0.001;
const LOWEST = Math.ceil(Math.log(SMALLEST_MS) / LN_GAMMA);

/** @param ms a duration in milliseconds */
export function bucketOf(ms: number): number {
  return ms <= SMALLEST_MS ? LOWEST : Math.ceil(Math.log(ms) / LN_GAMMA);
}

/** The value in milliseconds that stands for a bucket: within 1 % of everything in it. */
export function middleOf(bucket: number): number {
  return bucket <= LOWEST ? 0 : (2 * GAMMA ** bucket) / (GAMMA + 1);
}

export interface BucketCount {
  bucket: number;
  count: number;
}

/**
 * @param quantile 0 to 1
 * @returns milliseconds, or `undefined` of an empty sketch
 */
export function quantileOf(buckets: readonly BucketCount[], quantile: number): number | undefined {
  const sorted = [...buckets].sort((a, b) => a.bucket - b.bucket);
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  const rank = quantile * (total - 1);
  let seen = 0;
  for (const { bucket, count } of sorted) {
    seen += count;
    if (seen > rank) return middleOf(bucket);
  }
  return undefined;
}
