import type { Aggregation } from "../../core/aggregation.ts";
import type { Point, StoredPoint, Value } from "../../core/measurement.ts";
import type { Micros } from "../../core/time.ts";

/** The time series. Every backend passes `port.contract.ts`. */
export interface Measurements {
  readonly capabilities: MeasurementCapabilities;

  /**
   * Stores points, idempotently: of all the points ever written under one key (time, device, metric) the one
   * with the highest (version, tie) stays, in whatever order and however often they come. Returns once they
   * are durable. Points that have expired already are passed over.
   *
   * @throws {UnavailableError} the store is gone or not ready; nothing, or only a part, was stored
   * @throws {PermanentError} the data are at fault, such as a time more than a day ahead; nothing was stored
   */
  write(points: readonly StoredPoint[]): Promise<void>;

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

  /** Makes the partitions that the coming days need and drops what has expired. Idempotent. */
  maintain(now: Micros): Promise<void>;

  /** Resolves if the store can answer now. @throws {UnavailableError} */
  check(): Promise<void>;

  close(): Promise<void>;
}

export interface MeasurementCapabilities {
  /** Percentiles and the median are interpolated exactly; else approximate. */
  exactPercentiles: boolean;
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
