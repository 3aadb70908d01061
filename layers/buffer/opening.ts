import { join } from "node:path";
import { Acknowledgements } from "./acknowledgements.ts";
import type { Amount, Recovery } from "./buffer.ts";
import type { Disk, DiskFile } from "./disk.ts";
import { attempt, unlessUnreadable } from "./errors.ts";
import { Ledger } from "./ledger.ts";
import { SegmentScan } from "./scan.ts";
import { checkHeader, pathOf, SEGMENT_HEADER_BYTES, type Segment, segmentOfName } from "./segment.ts";
import { Segments } from "./segments.ts";

/** What is on disk, as far as it must be known before the first read. */
export interface Opened {
  segments: Segments;
  ledger: Ledger;
  acknowledgements: Acknowledgements;
  /** The position of the next record. */
  next: number;
  recovery: Recovery;
}

/** How many segments are looked into at a time. */
const AT_ONCE = 32;
/** Enough for the head of most segments' first record. */
const GLANCE_BYTES = 4 * 1_024;

/** Looks into the head of every segment, and through the newest one. */
export async function readDirectory(disk: Disk, directory: string): Promise<Opened> {
  const { ledger, mark } = await Ledger.open(disk, directory);
  try {
    return { ledger, ...(await readSegments(disk, directory, mark)) };
  } catch (error) {
    await attempt(ledger.close());
    throw error;
  }
}

async function readSegments(disk: Disk, directory: string, saved?: number): Promise<Omit<Opened, "ledger">> {
  const findings: string[] = [];
  const found = await findSegments(disk, directory, findings);
  const [oldest, newest] = [found[0], found.at(-1)];
  if (saved === undefined && oldest)
    findings.push("the ledger is missing or damaged: every record comes again");
  const mark = Math.max(saved ?? 0, oldest?.first ?? 0);
  const tail = newest ? await readTail(disk, directory, newest, mark, findings) : intact;
  for (const [index, segment] of found.entries()) segment.end = found[index + 1]?.first ?? segment.end;
  const next = Math.max(mark, newest?.end ?? 0);
  if (newest) newest.end = next;
  return {
    segments: new Segments(disk, directory, found),
    acknowledgements: new Acknowledgements(mark),
    next,
    recovery: { ...tail, findings },
  };
}

async function findSegments(disk: Disk, directory: string, findings: string[]): Promise<Segment[]> {
  const names = await disk.list(directory);
  const segments = names.flatMap((name) => segmentOfName(name) ?? []).sort((a, b) => a.number - b.number);
  for (let from = 0; from < segments.length; from += AT_ONCE) {
    const some = segments.slice(from, from + AT_ONCE);
    await Promise.all(some.map((segment) => glanceAt(disk, directory, segment, findings)));
  }
  return segments;
}

async function glanceAt(disk: Disk, directory: string, segment: Segment, findings: string[]): Promise<void> {
  await withFile(disk, join(directory, segment.name), async (file) => {
    segment.bytes = Math.max(SEGMENT_HEADER_BYTES, await file.size());
    const header = await unlessUnreadable(file.read(SEGMENT_HEADER_BYTES, 0));
    if (!header || !checkHeader(header, segment.name)) {
      findings.push(`${segment.name}: the header is damaged; its records are looked for all the same`);
    }
    const scan = new SegmentScan(file, segment.salt, GLANCE_BYTES);
    segment.firstAppendedAt = (await unlessUnreadable(scan.next(segment.bytes)))?.appendedAt;
  });
}

const intact = { tornBytes: 0, damaged: { records: 0, bytes: 0 } };

/** Finds the end of the newest segment: behind its last sound record. */
async function readTail(
  disk: Disk,
  directory: string,
  segment: Segment,
  mark: number,
  findings: string[],
): Promise<Omit<Recovery, "findings">> {
  const damaged: Amount = { records: 0, bytes: 0 };
  let end = SEGMENT_HEADER_BYTES;
  await withFile(disk, pathOf(directory, segment), async (file) => {
    const scan = new SegmentScan(file, segment.salt);
    for (let found = await scan.next(segment.bytes); found; found = await scan.next(segment.bytes)) {
      const lost = Math.max(0, found.position - Math.max(segment.end, mark));
      damaged.records += lost;
      if (lost > 0) damaged.bytes += scan.damagedBytes;
      scan.damagedBytes = 0;
      segment.end = found.position + 1;
      segment.lastAppendedAt = found.appendedAt;
      end = scan.offset;
    }
  });
  const tornBytes = segment.bytes - end;
  segment.bytes = end;
  if (tornBytes > 0) findings.push(`${segment.name}: ${tornBytes} bytes behind the last whole record`);
  if (damaged.bytes > 0) {
    findings.push(`${segment.name}: ${damaged.bytes} bytes with ${damaged.records} records are damaged`);
  }
  return { tornBytes, damaged };
}

/** When the youngest record that can be read was appended. `undefined` where none can, or the disk is away. */
export async function youngestTimeIn(
  disk: Disk,
  directory: string,
  segment: Segment,
): Promise<number | undefined> {
  let youngest: number | undefined;
  const isRead = await attempt(
    withFile(disk, pathOf(directory, segment), async (file) => {
      const scan = new SegmentScan(file, segment.salt);
      for (let found = await scan.next(segment.bytes); found; found = await scan.next(segment.bytes)) {
        if (found.position < segment.end) youngest = Math.max(youngest ?? 0, found.appendedAt);
      }
    }),
  );
  return isRead ? youngest : undefined;
}

async function withFile(disk: Disk, path: string, use: (file: DiskFile) => Promise<void>): Promise<void> {
  const file = await disk.open(path, "read");
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
