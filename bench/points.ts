import type { HttpRequest } from "./http.ts";

// The points of the ingest benchmarks: devices that report ten metrics once a second, in batches of 1,000.

/** How many batches are under way at once. A device's batches all go by the same connection. */
export const CONNECTIONS = 4;
/** A multiple of the connections. */
export const DEVICES = 20;
export const BATCH = 1_000;
/** What the seeded devices report. */
export const SEEDED_METRIC = "temperature";
const METRICS = [
  ...["temperature", "humidity", "pressure", "voltage", "current"],
  ...["power", "frequency", "vibration", "speed", "torque"],
] as const;
const TIMES = BATCH / METRICS.length;

/** A round's part of a run: no two rounds have a point in common. */
export interface PointRun {
  /** The time of the first point of the first round, in milliseconds since the Unix epoch; whole seconds. */
  since: number;
  round: number;
  batches: number;
}

export interface BenchPoint {
  device: number;
  metric: number;
  /** Milliseconds since the Unix epoch. */
  time: number;
  value: number;
}

/** The time of a first point that leaves room for all that follow: whole seconds. */
export const hoursAgo = (hours: number): number => Math.floor(Date.now() / 1_000) * 1_000 - hours * 3_600_000;

export const UNIT = "unit";
export const deviceId = (device: number): string => `device-${String(device).padStart(3, "0")}`;
const metricName = (metric: number): string => METRICS[metric] ?? "";

/** For the floor, which has no names: whole numbers from 1. */
export const seriesId = ({ device, metric }: BenchPoint): number => device * METRICS.length + metric + 1;

export function batchOf(run: PointRun, batch: number): BenchPoint[] {
  const start = startOf(run, batch);
  const device = batch % DEVICES;
  return Array.from({ length: BATCH }, (_, i) => {
    const time = start + Math.floor(i / METRICS.length) * 1_000;
    const metric = i % METRICS.length;
    return { device, metric, time, value: Math.round(2_000 + 500 * Math.sin(time / 7_000 + metric)) / 100 };
  });
}

export function batchRequest(run: PointRun, batch: number): HttpRequest {
  const data_points = batchOf(run, batch).map(rawPoint);
  return {
    method: "POST",
    path: `/api/v1/telemetry/devices/${deviceId(batch % DEVICES)}/telemetry/batch`,
    body: JSON.stringify({ data_points }),
  };
}

export const rawPoint = ({ metric, time, value }: BenchPoint) => ({
  timestamp: new Date(time).toISOString(),
  metric_name: metricName(metric),
  value,
  unit: UNIT,
});

export const latestRequest = (device: number): HttpRequest => ({
  method: "GET",
  path: `/api/v1/telemetry/devices/${deviceId(device)}/metrics/${metricName(0)}/latest`,
});

/** Of the round; `undefined` for a device that sent nothing in it. */
export function newestTimeOf(run: PointRun, device: number): number | undefined {
  if (device >= run.batches) return undefined;
  const last = device + Math.floor((run.batches - 1 - device) / DEVICES) * DEVICES;
  return startOf(run, last) + (TIMES - 1) * 1_000;
}

function startOf({ since, round, batches }: PointRun, batch: number): number {
  const batchesPerDevice = Math.ceil(batches / DEVICES);
  const number = round * batchesPerDevice + Math.floor(batch / DEVICES);
  return since + number * TIMES * 1_000;
}
