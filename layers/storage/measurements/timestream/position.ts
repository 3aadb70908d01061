import type { Position } from "../cursor.ts";
import { nanos, quoted } from "./sql.ts";

/** What comes after the position in the order of the answer: by time, device, metric. */
export function after({ time, deviceId, metricName }: Position, column: string, across = false): string {
  const at = nanos(time);
  const metric = `metric > ${quoted(metricName)}`;
  const rest = across
    ? metric
    : `(device > ${quoted(deviceId)} OR (device = ${quoted(deviceId)} AND ${metric}))`;
  return `(${column} > ${at} OR (${column} = ${at} AND ${rest}))`;
}
