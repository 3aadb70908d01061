import type { Point } from "../../layers/core/measurement.ts";
import type { AcceptedPoint } from "../../layers/core/measurement-event.ts";

/** As many indexes as a version has room for. */
const INDEXES = 1_024;

/**
 * An export may hold any number of points of one device. Their indexes only order points of one key, and of those
 * the last is kept here, so that indexes may come round again.
 */
export function acceptedPoints(points: readonly Point[]): AcceptedPoint[] {
  const byKey = new Map<string, Point>();
  for (const point of points) byKey.set(`${point.deviceId} ${point.time} ${point.metricName}`, point);
  return [...byKey.values()].map((point, i) => ({ point, index: i % INDEXES }));
}
