import { MAX_FRAME_BYTES, type StreamedPoint } from "./frame.ts";

export interface OutboundLimits {
  /** Milliseconds between two frames at least. */
  maxFrequencyMs: number;
  /** Series that may wait. @default 1000 */
  maxSeries?: number;
  /** Bytes that may wait. @default 1048576 */
  maxBytes?: number;
}

/** What a frame is made of. It is still waiting until `sent` is told. */
export interface Draft {
  points: readonly StreamedPoint[];
  dropped: number;
}

/**
 * What waits for one connection: of each series the newest value, and no more than the limits, however long the
 * connection takes nothing. Of too much the series that changed longest ago goes, and is counted.
 *
 * What must stay true: two frames are `maxFrequencyMs` apart at least, and whatever was offered last of a series is
 * sent in the end, unless it was dropped.
 */
export class Outbound {
  readonly #limits: Required<OutboundLimits>;
  /** By series, the one that changed longest ago first. */
  readonly #waiting = new Map<string, StreamedPoint>();
  #bytes = 0;
  #dropped = 0;
  #nextAt = 0;

  constructor({ maxFrequencyMs, maxSeries = 1_000, maxBytes = 1_024 * 1_024 }: OutboundLimits) {
    this.#limits = { maxFrequencyMs, maxSeries, maxBytes };
  }

  /** Milliseconds until the next frame may go; `undefined` if nothing waits. */
  dueIn(nowMs: number): number | undefined {
    if (this.#waiting.size === 0) return undefined;
    const pause = Math.max(0, this.#nextAt - nowMs);
    // Longer than it can be: the clock was set back.
    return pause > this.#limits.maxFrequencyMs ? 0 : pause;
  }

  offer(point: StreamedPoint): void {
    const known = this.#waiting.get(point.series);
    if (known && isNewer(known, point)) return;
    if (known) this.#forget(known);
    this.#waiting.set(point.series, point);
    this.#bytes += point.bytes;
    this.#shed();
  }

  /** What may go now, as much as fits into a frame: `undefined` if nothing waits or it is too early. */
  draft(nowMs: number): Draft | undefined {
    if (this.dueIn(nowMs) !== 0) return undefined;
    const points: StreamedPoint[] = [];
    let bytes = 0;
    for (const point of this.#waiting.values()) {
      bytes += point.bytes + 1;
      if (points.length > 0 && bytes > MAX_FRAME_BYTES) break;
      points.push(point);
    }
    return { points, dropped: this.#dropped };
  }

  /** The draft is on its way: what was offered meanwhile goes on waiting. */
  sent({ points, dropped }: Draft, nowMs: number): void {
    for (const point of points) if (this.#waiting.get(point.series) === point) this.#forget(point);
    this.#dropped -= dropped;
    this.postpone(nowMs);
  }

  /** The connection takes nothing now: it is left alone for as long as after a frame. */
  postpone(nowMs: number): void {
    this.#nextAt = nowMs + this.#limits.maxFrequencyMs;
  }

  #forget(point: StreamedPoint): void {
    this.#waiting.delete(point.series);
    this.#bytes -= point.bytes;
  }

  #shed(): void {
    const { maxSeries, maxBytes } = this.#limits;
    for (const oldest of this.#waiting.values()) {
      if (this.#waiting.size <= maxSeries && this.#bytes <= maxBytes) return;
      this.#forget(oldest);
      this.#dropped++;
    }
  }
}

/** By the point's own time; of two at one time the one that was accepted later. */
const isNewer = (a: StreamedPoint, b: StreamedPoint): boolean =>
  a.time > b.time || (a.time === b.time && a.version > b.version);
