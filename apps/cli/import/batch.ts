import { POINT_LIMITS, type Point } from "../../../layers/core/measurement.ts";
import { formatTime } from "../../../layers/core/time.ts";

/** A point, and the line of the file that it came from. */
export interface ReadPoint {
  point: Point;
  line: number;
}

/** What goes out in one request: points of one device, from one file. */
export interface Batch {
  file: string;
  deviceId: string;
  points: readonly ReadPoint[];
}

/** Stays below what API Gateway takes, however large the values are. */
const MAX_BYTES = 3 * 1_024 * 1_024;
const BYTES_BESIDE_THE_VALUE = 128;
const BYTES_OF_CHARACTER = 3;

export interface BatchLimits {
  /** At most 1,000: the API's own limit. */
  points: number;
}

/** Cuts the points of one device into batches, by number and by size. */
export async function* inBatches(
  file: string,
  points: AsyncIterable<ReadPoint>,
  limits: BatchLimits,
): AsyncGenerator<Batch> {
  const most = Math.min(limits.points, POINT_LIMITS.pointsPerBatch);
  let batch: ReadPoint[] = [];
  let bytes = 0;
  for await (const each of points) {
    const size = sizeOf(each.point);
    if (batch.length > 0 && (batch.length >= most || bytes + size > MAX_BYTES)) {
      yield made(file, batch);
      batch = [];
      bytes = 0;
    }
    batch.push(each);
    bytes += size;
  }
  if (batch.length > 0) yield made(file, batch);
}

/** As the API takes it. */
export function dataPoint({ time, metricName, value, unit, tags }: Point): Record<string, unknown> {
  return { timestamp: formatTime(time), metric_name: metricName, value, unit, tags };
}

const made = (file: string, points: readonly ReadPoint[]): Batch => ({
  file,
  deviceId: points[0]?.point.deviceId ?? "",
  points,
});

function sizeOf({ metricName, value, unit = "", tags = {} }: Point): number {
  const text = [metricName, unit, ...Object.entries(tags).flat(), typeof value === "string" ? value : ""];
  const characters = text.reduce((sum, each) => sum + each.length, 0);
  return BYTES_BESIDE_THE_VALUE + characters * BYTES_OF_CHARACTER;
}
