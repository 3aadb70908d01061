export interface BackoffOptions {
  /** Before the first repeat. */
  firstMs: number;
  mostMs: number;
}

/** How long to wait before the repeat after so many failures: doubled each time, and spread so that not all come at once. */
export function backoffMs(
  failures: number,
  { firstMs, mostMs }: BackoffOptions,
  random = Math.random,
): number {
  const whole = Math.min(mostMs, firstMs * 2 ** Math.max(0, failures - 1));
  return whole / 2 + (whole / 2) * random();
}
