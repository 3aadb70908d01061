/** A data point as devices send it, now unless told otherwise. */
export interface RawPoint {
  timestamp: string;
  metric_name: string;
  value: unknown;
  unit?: string;
  tags?: Record<string, string>;
  metadata?: Record<string, unknown>;
}

export const at = (ms: number): string => new Date(ms).toISOString();

export const point = (given: Partial<RawPoint> = {}): RawPoint => ({
  timestamp: at(Date.now()),
  metric_name: "temperature",
  value: 25.5,
  ...given,
});

export const minutesAgo = (minutes: number): string => at(Date.now() - minutes * 60_000);
