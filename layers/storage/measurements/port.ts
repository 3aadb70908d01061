import type { Aggregation } from "../../core/aggregation.ts";
import type { Point, StoredPoint, Value } from "../../core/measurement.ts";
import type { Retention } from "../../core/retention.ts";
import type { Micros } from "../../core/time.ts";
import type { Statistics } from "./statistics.ts";

/** The time series. Every backend passes `port.contract.ts`. */
export interface Measurements {
  readonly capabilities: MeasurementCapabilities;

  /**
   * Stores points, idempotently: of all the points ever written under one key (time, device, metric) the one
   * with the highest (version, tie) stays, in whatever order and however often they come. Returns once they
   * are durable. Points that have expired already are passed over.
   *
   * A change of a metric's retention holds for points of times since then: earlier ones stay, and go, with what was
   * kept as long as them, unless that is too old to be kept there: then they are kept as long as what came next.
   *
   * @param retentionOf how long points of a metric's name are kept. @default 90 days
   * @throws {UnavailableError} the store is gone or not ready; nothing, or only a part, was stored
   * @throws {PermanentError} the data are at fault, such as a time more than a day ahead; nothing was stored, unless it
   *   is the store's own service that found the fault: then the others may be stored, and may be written again
   */
  write(points: readonly StoredPoint[], retentionOf?: RetentionOf): Promise<void>;

  /** Raw points, ordered by time, device, metric. @throws {RefusedError} 400, a cursor that is none */
  points(query: PointQuery): Promise<Page<Point>>;

  /**
   * One value per bucket that holds a point (for statistics over numbers: that holds a number), ordered by bucket,
   * device, metric. Buckets start at multiples of the interval. @throws {RefusedError} 400, a cursor that is none
   */
  buckets(query: BucketQuery): Promise<Page<Bucket>>;

  /** The newest point of one series not before `since`. */
  latest(query: { deviceId: string; metricName: string; since: Micros }): Promise<Point | undefined>;

  /** The names of a device's metrics, sorted. Empty for a device that never reported. */
  metricNames(deviceId: string): Promise<string[]>;

  readonly statistics: Statistics;

  /**
   * Deletes points of a device that were accepted before that time, at most `limit` of them.
   *
   * @returns how many; fewer than `limit` when none is left
   */
  erase(deviceId: string, before: Micros, limit: number): Promise<number>;

  /** Makes the partitions that the coming days need and drops what has expired. Idempotent. */
  maintain(now: Micros): Promise<void>;

  /**
   * Sums up ahead of time what `buckets` can answer long ranges from. What is written meanwhile or later, late or
   * over something else, counts at once all the same: answers are what they would be without, but for the last
   * digits of floats that are added up in another order. Any number of callers at once, cut off anywhere. May leave
   * to the next call what is being written at the moment.
   *
   * @param options `forMs`: nothing more is begun after so long. @default the backend's own
   * @returns how many stretches of a series were summed up: 0 from a backend that answers fast enough without
   */
  rollUp(now: Micros, options?: { forMs?: number }): Promise<number>;

  /** Resolves if the store can answer now. @throws {UnavailableError} */
  check(): Promise<void>;

  close(): Promise<void>;
}

/** Asked for every point: it must answer at once, and the same to every writer. */
export type RetentionOf = (metricName: string) => Retention;

export interface MeasurementCapabilities {
  /** Percentiles and the median are interpolated exactly; else approximate. */
  exactPercentiles: boolean;
  /** Between equal versions the tie decides; else, of two that come apart, the one that came first. */
  ties: boolean;
  /** Points of a time before a change of their metric's retention are kept as it was then; else as it is now. */
  formerRetention: boolean;
  /** The points of the last minute are those that had not been there; else those that were accepted in it. */
  countsNew: boolean;
  /**
   * Of device, metric, value, unit, tags and metadata, the last four as JSON, together: larger points may be refused,
   * and smaller ones are not. @default no limit
   */
  mostPointBytes?: number;
}

export interface SeriesFilter {
  /** All devices when empty or left out. */
  devices?: readonly string[];
  /** At least one; matched exactly. */
  metrics: readonly string[];
  /** Inclusive. */
  from: Micros;
  /** Exclusive. */
  to: Micros;
  /** Every tag given must be on the point. */
  tags?: Readonly<Record<string, string>>;
  /** Bounds on numeric values, inclusive; a point that is not a number is outside of them. */
  min?: number;
  max?: number;
}

export interface PointQuery extends SeriesFilter {
  /** 1 to 10,000. */
  limit: number;
  /** The `next` of the page before. */
  cursor?: string;
}

export interface BucketQuery extends PointQuery {
  aggregation: Aggregation;
  interval: Micros;
  /** One value for all devices together instead of one for each. @default false */
  acrossDevices?: boolean;
}

export interface Bucket {
  /** Where the bucket begins. */
  start: Micros;
  /** `undefined` when all devices are taken together. */
  deviceId?: string;
  metricName: string;
  /** A number; for `first` and `last` whatever was sent. */
  value: Value;
  /** The unit of the newest point in the bucket. */
  unit?: string;
}

export interface Page<Item> {
  items: Item[];
  /** Opaque; given when there is more. */
  next?: string;
}
