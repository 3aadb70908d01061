import { bucketOf, quantileOf } from "../../core/sketch.ts";

export interface PublisherStats {
  connected: boolean;
  /** Milliseconds since the connection came up; 0 while it is down. */
  connectionUptimeMs: number;
  /** How often a connection was opened after the first. */
  reconnections: number;
  /** Why the connection is down, or was last. */
  lastError?: string;
  /** Events handed to `publish` and accepted. */
  published: number;
  /** Events that the broker has stored. */
  confirmed: number;
  /** Events that no queue was bound for. */
  unroutable: number;
  /** Events that gave way because the buffer was full. */
  dropped: number;
  /** Events refused: not valid, or too large. */
  refused: number;
  /** Events in memory, waiting or unconfirmed now, and the bytes of their bodies. */
  buffered: number;
  bufferedBytes: number;
  /** Where the options have a `disk`. */
  disk?: PublisherDiskStats;
  /** Since the publisher was created. */
  publishedPerSecond: number;
  /** From `publish` to the confirm, in milliseconds, within 1 %. */
  publishLatencyMs: { p50: number; p95: number; p99: number };
}

export interface PublisherDiskStats {
  /** Whether it is in use: not where it could not be opened, for which it is tried again and again. */
  open: boolean;
  /** Events on disk that are not confirmed. Those being sent just now are counted in `buffered`, too. */
  events: number;
  /** What it takes on disk, of `maxBytes`. */
  bytes: number;
  maxBytes: number;
  /** When the oldest of them was written, in milliseconds since the Unix epoch. */
  oldestAt?: number;
  /** Events written since the publisher was created. */
  written: number;
  /** Events that could not be read any more. */
  damaged: number;
  lastError?: string;
}

/** A sketch that remembers the latency of every confirm in a few hundred counters. */
export class LatencySketch {
  readonly #counts = new Map<number, number>();

  add(ms: number): void {
    const bucket = bucketOf(ms);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
  }

  quantiles(): PublisherStats["publishLatencyMs"] {
    const buckets = [...this.#counts].map(([bucket, count]) => ({ bucket, count }));
    const at = (quantile: number) => quantileOf(buckets, quantile) ?? 0;
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  }
}
