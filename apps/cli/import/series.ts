import { basename, dirname, extname, resolve } from "node:path";
import { deviceIdSchema, metricNameSchema } from "../../../layers/core/measurement.ts";
import { UsageError } from "../verb.ts";

export interface Series {
  deviceId: string;
  metricName: string;
}

export interface Naming {
  file: string;
  valueColumn: string;
  device?: string;
  metric?: string;
}

/**
 * Which series a file holds. The metric is the value column's name, or the file's where the column is just called
 * `value`; the device is the file's name, or its folder's where the metric has taken the file's.
 *
 * @throws {UsageError} `device` or `metric` was given and is not one
 */
export function seriesOf({ file, valueColumn, device, metric }: Naming): Series {
  const name = basename(file, extname(file));
  const folder = basename(dirname(resolve(file)));
  const columnSaysNothing = valueColumn.trim().toLowerCase() === "value";
  const metricOfFile = metric === undefined && columnSaysNothing;
  return {
    metricName: metric ?? metricNameFrom(metricOfFile ? name : valueColumn),
    deviceId: device ?? deviceIdFrom(metricOfFile ? folder : name),
  };
}

/** @throws {UsageError} */
export function checkSeries({ device, metric }: Pick<Naming, "device" | "metric">): void {
  const checks = [
    ["--device", device, deviceIdSchema],
    ["--metric", metric, metricNameSchema],
  ] as const;
  for (const [option, given, schema] of checks) {
    const fault = given === undefined ? undefined : schema.safeParse(given).error?.issues[0];
    if (fault) throw new UsageError(`${option} ${given}: ${fault.message}`);
  }
}

/** The nearest text to it that is a device id. */
export function deviceIdFrom(text: string): string {
  const sane = text
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9._:@-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+|-+$/g, "");
  return sane.slice(0, 128) || "import";
}

/** The nearest text to it that is a metric's name without labels. */
export function metricNameFrom(text: string): string {
  const sane = text
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9._:/-]+/g, "_")
    .replace(/^[^A-Za-z0-9_]+|_+$/g, "")
    .replace(/^(?=\d)/, "_");
  return sane.slice(0, 128) || "value";
}
