import type { Point } from "../../layers/core/measurement.ts";
import type { AcceptedPoint } from "../../layers/core/measurement-event.ts";
import type { Rejected } from "../../layers/core/otlp/rejection.ts";
import { microsOf } from "../../layers/core/time.ts";
import { DELETED_DEVICE, type IsDeleted } from "../../layers/lambda/deleted-devices.ts";
import { type Limits, mayUseDevice, NOT_YOUR_DEVICE } from "../../layers/lambda/limits.ts";

interface ReadExport {
  points: Point[];
  rejected: Rejected;
}

/** Without the points of devices that are not the caller's: those are rejected. */
export function ownPoints({ points, rejected }: ReadExport, limits: Limits): ReadExport {
  const own = points.filter(({ deviceId }) => mayUseDevice(limits, deviceId));
  const others = new Set(points.map(({ deviceId }) => deviceId).filter((id) => !mayUseDevice(limits, id)));
  const faults = [...others].map((path) => ({ path, message: NOT_YOUR_DEVICE }));
  const count = rejected.count + points.length - own.length;
  return { points: own, rejected: { count, faults: [...rejected.faults, ...faults] } };
}

/** Without the points of devices that were deleted: those are rejected. @param now milliseconds since the Unix epoch */
export function livingPoints(
  { points, rejected }: ReadExport,
  now: number,
  isDeleted: IsDeleted,
): ReadExport {
  const living = points.filter(({ deviceId }) => !isDeleted(deviceId, microsOf(now)));
  if (living.length === points.length) return { points, rejected };
  const dead = points.map(({ deviceId }) => deviceId).filter((id) => isDeleted(id, microsOf(now)));
  const faults = [...new Set(dead)].map((path) => ({ path, message: DELETED_DEVICE }));
  const count = rejected.count + dead.length;
  return { points: living, rejected: { count, faults: [...rejected.faults, ...faults] } };
}

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
