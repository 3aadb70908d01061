import { stat } from "node:fs/promises";
import { checkPoint, type Point } from "../../../layers/core/measurement.ts";
import { MICROS_PER_SECOND, type Micros, microsOf } from "../../../layers/core/time.ts";
import { type Batch, dataPoint, inBatches, type ReadPoint } from "./batch.ts";
import { type Columns, type RowsOptions, readRows } from "./rows.ts";
import { type Series, seriesOf } from "./series.ts";
import type { Tally } from "./tally.ts";
import { zoneOf } from "./zone.ts";

export interface ImportOptions extends Columns {
  zone: string;
  endNow?: boolean;
  device?: string;
  metric?: string;
  unit?: string;
  tags?: Readonly<Record<string, string>>;
  /** Points per request. */
  batch: number;
}

/** A file that is about to be read, and where its points go. */
export interface SourceFile {
  file: string;
  bytes: number;
  series: Series;
  /** Added to each of its times. */
  shift: Micros;
}

export interface Look {
  /** Milliseconds since the Unix epoch. */
  now: number;
  onBytes?: (bytes: number) => void;
}

/** Looks a file over before anything is sent. With `endNow` it is read once for its newest time. */
export async function openSource(
  file: string,
  options: ImportOptions,
  { now, onBytes }: Look,
): Promise<SourceFile> {
  const { size } = await stat(file);
  const newest = await newestTime(file, { ...options, onBytes });
  const shift = options.endNow && newest !== undefined ? shiftToNow(newest, now) : 0;
  return { file, bytes: size, series: seriesOf({ file, ...options }), shift };
}

/** Whole seconds, so that the rhythm of the points within a second stays; the newest ends up within the last one. */
export const shiftToNow = (newest: Micros, now: number): Micros =>
  Math.floor((microsOf(now) - newest) / MICROS_PER_SECOND) * MICROS_PER_SECOND;

/** Without `endNow` it stops at the first row: by then the header is known to be right. */
async function newestTime(
  file: string,
  options: ImportOptions & Pick<Look, "onBytes">,
): Promise<Micros | undefined> {
  let newest: Micros | undefined;
  for await (const row of readRows(file, { ...rowsOptions(options), onBytes: options.onBytes })) {
    if ("time" in row) newest = Math.max(newest ?? row.time, row.time);
    if (!options.endNow) break;
  }
  return newest;
}

export interface Reading {
  options: ImportOptions;
  tally: Tally;
  /** Ends the reading at the next row. */
  signal: AbortSignal;
  onBytes?: (bytes: number) => void;
}

export function batchesOf(source: SourceFile, reading: Reading): AsyncGenerator<Batch> {
  return inBatches(source.file, pointsOf(source, reading), { points: reading.options.batch });
}

/** The points of a file; what makes none is tallied. */
async function* pointsOf(source: SourceFile, reading: Reading): AsyncGenerator<ReadPoint> {
  const { options, tally, signal, onBytes } = reading;
  for await (const row of readRows(source.file, { ...rowsOptions(options), onBytes })) {
    if (signal.aborted) return;
    tally.read();
    if ("empty" in row) tally.skipped();
    else if ("fault" in row) tally.refused(row.fault, source.file, row.line);
    else yield { line: row.line, point: pointOf(source, options, row.time, row.value) };
  }
}

function pointOf(source: SourceFile, options: ImportOptions, time: Micros, value: Point["value"]): Point {
  const point: Point = { ...source.series, time: time + source.shift, value };
  if (options.unit !== undefined) point.unit = options.unit;
  if (options.tags !== undefined) point.tags = options.tags;
  return point;
}

const rowsOptions = ({ zone, timestampColumn, valueColumn }: ImportOptions): RowsOptions => ({
  zone: zoneOf(zone),
  timestampColumn,
  valueColumn,
});

/** What the API would say to a batch, as far as that can be known without it: definitions may say otherwise. */
export function tryBatch({ file, deviceId, points }: Batch, tally: Tally, now: number): void {
  for (const { point, line } of points) {
    const { faults } = checkPoint(dataPoint(point), { deviceId, now, path: "" });
    const fault = faults?.[0];
    if (fault) tally.refused(`${fault.path}: ${fault.message}`, file, line);
    else tally.accepted(1);
  }
}
