import type { Micros } from "../../core/time.ts";

/** What there is of a device. Whole hours expire together: an hour too much may count at the far end. */
export interface DeviceStatistics {
  /** Those that hold a point, the one with the most points first, then by name. */
  metrics: MetricStatistics[];
}

export interface MetricStatistics {
  name: string;
  /** Each point once, whatever wrote over it and however often it came. */
  points: number;
  /** Of them, those with a time not before `since`. */
  recentPoints: number;
  /** The time of the newest point. */
  newest: Micros;
}

/** What there is of all devices. */
export interface TotalStatistics {
  points: number;
  /** Points that were stored within the last minute and had not been there. */
  lastMinute: number;
  /** By the points' own hour, oldest first, from the hour of `since` on; hours without points are left out. */
  hours: { start: Micros; points: number }[];
  /** Every metric that was ever reported, and by how many devices, by name. */
  metrics: { name: string; devices: number }[];
}

/** How much there is. Exact as of the moment it is asked. */
export interface Statistics {
  device(deviceId: string, since: Micros): Promise<DeviceStatistics>;
  total(since: Micros): Promise<TotalStatistics>;
}
