/** Where entries become safe: resolves once they are on disk, rejects (UnavailableError) while they cannot be. */
export interface Sink<Entry> {
  append(entries: readonly Entry[]): Promise<void>;
}

/** One measurement, as the platform's bulk route takes it, with its device. Times RFC 3339. */
export interface MetricEntry {
  device_id: string;
  timestamp: string;
  metric_name: string;
  value: unknown;
  unit?: string;
  tags?: Record<string, string>;
  metadata?: Record<string, unknown>;
}
