import type { Operations } from "../../api/operations.ts";

export type DataPoint = Operations["queryPoints"]["answer"]["data_points"][number];

/** A point whose device is known, whoever it was asked for. */
export interface Reading {
  deviceId: string;
  metricName: string;
  /** Milliseconds since the Unix epoch. */
  at: number;
  value: unknown;
  unit?: string | undefined;
  tags?: Readonly<Record<string, string>> | undefined;
}

/** The numbers of one device and metric, oldest first. */
export interface Series {
  key: string;
  deviceId: string;
  metricName: string;
  unit: string | undefined;
  times: number[];
  values: number[];
}

/** A device's id has no space. */
export const seriesKey = ({ deviceId, metricName }: Pick<Reading, "deviceId" | "metricName">): string =>
  `${deviceId} ${metricName}`;

export function readingOf(point: DataPoint, onlyDevice: string | null): Reading {
  return {
    deviceId: point.device_id ?? onlyDevice ?? "",
    metricName: point.metric_name,
    at: Date.parse(point.timestamp),
    value: point.value,
    unit: point.unit,
    tags: point.tags,
  };
}

export const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);

/** @param readings oldest first */
export function seriesOf(readings: Iterable<Reading>): Map<string, Series> {
  const found = new Map<string, Series>();
  for (const reading of readings) {
    const { deviceId, metricName, at, value, unit } = reading;
    if (!isNumber(value)) continue;
    const key = seriesKey(reading);
    let series = found.get(key);
    if (!series) {
      series = { key, deviceId, metricName, unit: undefined, times: [], values: [] };
      found.set(key, series);
    }
    series.times.push(at);
    series.values.push(value);
    if (unit) series.unit = unit;
  }
  return found;
}

/** In the order in which devices and metrics were chosen, so that colours stay when something is added. */
export function inOrder<Of extends Pick<Reading, "deviceId" | "metricName">>(
  series: Iterable<Of>,
  { devices, metrics }: { devices: readonly string[]; metrics: readonly string[] },
): Of[] {
  const place = ({ deviceId, metricName }: Of) =>
    metrics.indexOf(metricName) * devices.length + devices.indexOf(deviceId);
  return [...series].sort((a, b) => place(a) - place(b));
}
