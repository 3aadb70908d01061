import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { CsvError, type Parser, parse } from "csv-parse";
import { TelemetryError } from "../../../layers/core/errors.ts";
import type { Value } from "../../../layers/core/measurement.ts";
import type { Micros } from "../../../layers/core/time.ts";
import { type TimestampReader, timestampReader } from "./timestamp.ts";
import { readCell } from "./value.ts";
import type { Zone } from "./zone.ts";

/** What one row of the file says. `line` counts from 1; the header is a line too. */
export type Row =
  | { line: number; time: Micros; value: Value }
  | { line: number; empty: true }
  | { line: number; fault: string };

export interface Columns {
  timestampColumn: string;
  valueColumn: string;
}

export interface RowsOptions extends Columns {
  /** Of times that name none. */
  zone: Zone;
  /** Told, a chunk at a time, how many bytes of the file have been read. */
  onBytes?: (bytes: number) => void;
}

/** The file has no header with these columns, or is no CSV at all. */
export class FileError extends TelemetryError {}

const delimiters = [",", ";", "\t", "|"] as const;
const HEADER_BYTES = 64 * 1_024;
/** A quote that is never closed makes one row of all the rest: it must not fill the memory. */
const MAX_ROW_CHARACTERS = 128 * 1_024;

/** Reads a file of any size, a row at a time. @throws {FileError} */
export async function* readRows(file: string, options: RowsOptions): AsyncGenerator<Row> {
  let rowOf: ReturnType<typeof rowReader> | undefined;
  for await (const { record, info } of readRecords(file, options)) {
    if (rowOf) yield rowOf(record, info.lines);
    else rowOf = rowReader(file, record, options);
  }
  if (!rowOf) throw new FileError(`${file}: expected a header row, and the file is empty`);
}

interface ParsedRecord {
  record: string[];
  info: { lines: number };
}

async function* readRecords(
  file: string,
  { onBytes }: Pick<RowsOptions, "onBytes">,
): AsyncGenerator<ParsedRecord> {
  const parser = parserFor(await firstLine(file));
  const bytes = createReadStream(file);
  bytes.on("error", (error) => parser.destroy(error));
  let line = 0;
  let told = 0;
  try {
    for await (const parsed of bytes.pipe(parser) as AsyncIterable<ParsedRecord>) {
      line = parsed.info.lines;
      if (bytes.bytesRead > told) {
        told = bytes.bytesRead;
        onBytes?.(told);
      }
      yield parsed;
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new FileError(`${file}: after line ${line}: ${cause.message}`, { cause });
  } finally {
    bytes.destroy();
  }
}

const parserFor = (header: string): Parser =>
  parse({
    bom: true,
    delimiter: delimiterOf(header),
    info: true,
    max_record_size: MAX_ROW_CHARACTERS,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });

/** @throws {FileError} a column is not there */
export function rowReader(
  file: string,
  header: readonly string[],
  { zone, timestampColumn, valueColumn }: RowsOptions,
): (record: readonly string[], line: number) => Row {
  const timeAt = columnAt(file, header, timestampColumn, "--timestamp-column");
  const valueAt = columnAt(file, header, valueColumn, "--value-column");
  const readTime = timestampReader(zone);
  return (record, line) => readRow(record[timeAt], record[valueAt], line, readTime);
}

function readRow(
  timestamp: string | undefined,
  cell: string | undefined,
  line: number,
  readTime: TimestampReader,
): Row {
  if (timestamp === undefined || cell === undefined) {
    return { line, fault: "the row is shorter than the header" };
  }
  const read = readCell(cell);
  if ("empty" in read) return { line, empty: true };
  const time = readTime(timestamp.trim());
  if (time === undefined) return { line, fault: "timestamp: expected a date and time, or a Unix time" };
  return "fault" in read ? { line, fault: read.fault } : { line, time, value: read.value };
}

function columnAt(file: string, header: readonly string[], wanted: string, option: string): number {
  const names = header.map((name) => name.trim().toLowerCase());
  const at = names.indexOf(wanted.trim().toLowerCase());
  if (at >= 0) return at;
  const there = header.map((name) => `"${name.trim()}"`).join(", ");
  throw new FileError(`${file}: no column "${wanted}" among ${there}: name it with ${option}`);
}

/** The one that the header holds most of; a comma where it holds none. */
export function delimiterOf(header: string): string {
  const counted = delimiters.map((delimiter) => ({ delimiter, count: header.split(delimiter).length }));
  return counted.reduce((best, each) => (each.count > best.count ? each : best)).delimiter;
}

async function firstLine(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    return buffer.toString("utf8", 0, bytesRead).split(/\r|\n/, 1)[0] ?? "";
  } finally {
    await handle.close();
  }
}
