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
  /** Events waiting or unconfirmed now, and the bytes of their bodies. */
  buffered: number;
  bufferedBytes: number;
  /** Since the publisher was created. */
  publishedPerSecond: number;
  /** From `publish` to the confirm, in milliseconds, within 1 %. */
  publishLatencyMs: { p50: number; p95: number; p99: number };
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
