import type { Point } from "../measurement.ts";

/** Which points somebody wants. An empty list, or no tags, excludes nothing. */
export interface StreamFilter {
  deviceIds: readonly string[];
  metricNames: readonly string[];
  /** A point must have all of these, with these values. */
  tags: Readonly<Record<string, string>>;
}

export function matches({ deviceIds, metricNames, tags }: StreamFilter, point: Point): boolean {
  return (
    (deviceIds.length === 0 || deviceIds.includes(point.deviceId)) &&
    (metricNames.length === 0 || metricNames.includes(point.metricName)) &&
    Object.entries(tags).every(([key, value]) => point.tags?.[key] === value)
  );
}

/** Finds the listeners of a point without asking each. */
export interface Switchboard<Listener> {
  listenersOf(point: Point): Listener[];
}

/** @param listeners how each of them is found; those that name devices are asked about no other's points */
export function createSwitchboard<Listener extends { filter: StreamFilter }>(
  listeners: Iterable<Listener>,
): Switchboard<Listener> {
  const ofAny: Listener[] = [];
  const byDevice = new Map<string, Listener[]>();
  for (const listener of listeners) {
    const { deviceIds } = listener.filter;
    if (deviceIds.length === 0) ofAny.push(listener);
    for (const deviceId of new Set(deviceIds)) {
      const ofDevice = byDevice.get(deviceId);
      if (ofDevice) ofDevice.push(listener);
      else byDevice.set(deviceId, [listener]);
    }
  }
  return {
    listenersOf(point) {
      const ofDevice = byDevice.get(point.deviceId) ?? [];
      return [...ofAny, ...ofDevice].filter(({ filter }) => matches(filter, point));
    },
  };
}
