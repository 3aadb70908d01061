import { rm } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { temporaryHome } from "../../test/temporary-home.ts";
import { type BufferOptions, type DiskBuffer, openBuffer } from "./buffer.ts";
import { appendTexts, readAll, textsIn } from "./fakes/contents.ts";
import { FailingDisk } from "./fakes/failing-disk.ts";

const HOUR_MS = 3_600_000;

let directory: string;
let disk: FailingDisk;
let now: number;
const opened: DiskBuffer[] = [];

beforeEach(async () => {
  directory = await temporaryHome();
  disk = new FailingDisk();
  now = 1_000 * HOUR_MS;
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((buffer) => buffer.close()));
  await rm(directory, { recursive: true, force: true });
});

async function bufferWith(options: Partial<BufferOptions> = {}): Promise<DiskBuffer> {
  const clock = { now: () => now };
  const buffer = await openBuffer({ directory, maxBytes: 8_192, segmentBytes: 512, disk, clock, ...options });
  opened.push(buffer);
  return buffer;
}

const record = (i: number) => `${i} `.padEnd(100, "x");
const numbersIn = async (buffer: DiskBuffer) =>
  (await textsIn(buffer)).map((text) => Number(text.split(" ")[0]));
const upTo = (end: number, from = 0) => Array.from({ length: end - from }, (_, i) => from + i);

async function fill(buffer: DiskBuffer): Promise<number> {
  for (let i = 0; ; i++) {
    try {
      await appendTexts(buffer, record(i));
    } catch (error) {
      expect(error).toMatchObject({ code: "buffer_full" });
      return i;
    }
  }
}

it("refuses what would go beyond maxBytes, keeps what it has, and takes more when there is room", async () => {
  const buffer = await bufferWith();
  const count = await fill(buffer);
  expect(buffer.stats.bytes).toBeLessThanOrEqual(8_192);
  expect(count).toBeGreaterThan(60);
  const records = await readAll(buffer);
  await buffer.acknowledge(records.slice(0, 10));
  await appendTexts(buffer, record(count));
  expect(await numbersIn(buffer)).toEqual([count]);
  buffer.rewind();
  expect(await numbersIn(buffer)).toEqual(upTo(count + 1, 10));
});

it("is empty again when everything is acknowledged, whatever one segment holds", async () => {
  const buffer = await bufferWith({ segmentBytes: 8_192 });
  for (let round = 0; round < 5; round++) {
    expect(await fill(buffer)).toBeGreaterThan(60);
    await buffer.acknowledge(await readAll(buffer));
  }
});

it("never takes a part of an append: of several records all or none", async () => {
  const buffer = await bufferWith({ maxBytes: 4_096 });
  await appendTexts(buffer, record(0));
  const tooMany = upTo(50, 1).map(record);
  await expect(appendTexts(buffer, ...tooMany)).rejects.toMatchObject({ code: "buffer_full" });
  await appendTexts(buffer, record(1));
  expect(await numbersIn(buffer)).toEqual([0, 1]);
});

it("takes smaller appends of the same moment when a large one does not fit", async () => {
  const buffer = await bufferWith({ maxBytes: 4_096 });
  const large = appendTexts(buffer, "y".repeat(5_000));
  const small = appendTexts(buffer, record(1));
  await expect(large).rejects.toMatchObject({ code: "buffer_full" });
  await small;
  expect(await numbersIn(buffer)).toEqual([1]);
});

it("refuses a record larger than maxRecordBytes", async () => {
  const buffer = await bufferWith({ maxRecordBytes: 100 });
  await expect(appendTexts(buffer, "x".repeat(101))).rejects.toMatchObject({ status: 413 });
  await appendTexts(buffer, "x".repeat(100));
});

it("keeps an append larger than a segment in one segment of its own", async () => {
  const buffer = await bufferWith();
  await appendTexts(buffer, record(0));
  await appendTexts(buffer, ...upTo(21, 1).map(record));
  await appendTexts(buffer, record(21));
  expect((await disk.list(directory)).filter((name) => name.endsWith(".segment"))).toHaveLength(3);
  expect(await numbersIn(buffer)).toEqual(upTo(22));
});

it("drops whole segments, oldest first, until the rest fits, and counts what was lost", async () => {
  const buffer = await bufferWith();
  const count = await fill(buffer);
  await buffer.acknowledge((await readAll(buffer)).slice(0, 2));
  const dropped = await buffer.dropOldest({ bytes: 4_096 });
  expect(buffer.stats.bytes).toBeLessThanOrEqual(4_096);
  expect(buffer.stats.bytes).toBeGreaterThan(4_096 - 512);
  expect(buffer.stats).toMatchObject({ dropped, records: count - 2 - dropped.records });
  buffer.rewind();
  expect(await numbersIn(buffer)).toEqual(upTo(count, 2 + dropped.records));
});

it("drops also what is being read, and the segment that is written to", async () => {
  const buffer = await bufferWith();
  for (let i = 0; i < 20; i++) await appendTexts(buffer, record(i));
  const [first] = await buffer.read({ records: 2, bytes: 1_000 });
  if (!first) throw new Error("expected a record");
  expect(await buffer.dropOldest({ bytes: 0 })).toMatchObject({ records: 20 });
  expect(await readAll(buffer)).toEqual([]);
  await buffer.acknowledge([first]);
  await appendTexts(buffer, record(20));
  expect(await numbersIn(buffer)).toEqual([20]);
});

it("drops what is too old, and nothing younger", async () => {
  const buffer = await bufferWith();
  for (let i = 0; i < 40; i++, now += HOUR_MS) await appendTexts(buffer, record(i));
  const { records } = await buffer.dropOldest({ appendedBefore: now - 20 * HOUR_MS });
  // Up to a segment's worth of old ones stays with younger ones.
  expect(records).toBeGreaterThan(20 - 5);
  expect(records).toBeLessThanOrEqual(20);
  expect(await numbersIn(buffer)).toEqual(upTo(40, records));
  await buffer.dropOldest({ appendedBefore: now + 1 });
  expect(buffer.stats.records).toBe(0);
});

it("knows how old its segments are after a restart", async () => {
  const first = await bufferWith();
  for (let i = 0; i < 40; i++, now += HOUR_MS) await appendTexts(first, record(i));
  await first.close();
  const second = await bufferWith();
  expect(second.stats.oldestAppendedAt).toBe(1_000 * HOUR_MS);
  const { records } = await second.dropOldest({ appendedBefore: now - 20 * HOUR_MS });
  expect(records).toBeGreaterThan(20 - 10);
  expect(records).toBeLessThanOrEqual(20);
});

it("drops what is too old although little came since, where segments end by age", async () => {
  const buffer = await bufferWith({ segmentBytes: 100_000, segmentAgeMs: 2 * HOUR_MS });
  for (let i = 0; i < 40; i++, now += HOUR_MS) await appendTexts(buffer, record(i));
  const { records } = await buffer.dropOldest({ appendedBefore: now - 20 * HOUR_MS });
  expect(records).toBe(20);
});

it("drops what is too old although nothing came for long behind it, after a restart as well", async () => {
  const first = await bufferWith();
  for (let i = 0; i < 4; i++) await appendTexts(first, record(i));
  await first.close();
  now += 100 * HOUR_MS;
  const second = await bufferWith();
  await appendTexts(second, record(4));
  await second.close();
  const third = await bufferWith();
  expect(await third.dropOldest({ appendedBefore: now - HOUR_MS })).toMatchObject({ records: 4 });
  expect(await numbersIn(third)).toEqual([4]);
});

it("drops nothing early when the clock jumps back", async () => {
  const buffer = await bufferWith();
  for (let i = 0; i < 20; i++) await appendTexts(buffer, record(i));
  const before = now;
  now = 0;
  for (let i = 20; i < 40; i++) await appendTexts(buffer, record(i));
  now = before;
  expect(await buffer.dropOldest({ appendedBefore: before })).toMatchObject({ records: 0 });
  expect(await numbersIn(buffer)).toEqual(upTo(40));
});

it("says how old the oldest record is, not those that are acknowledged", async () => {
  const buffer = await bufferWith();
  expect(buffer.stats.oldestAppendedAt).toBeUndefined();
  const startedAt = now;
  for (let i = 0; i < 3; i++, now += HOUR_MS) await appendTexts(buffer, record(i));
  expect(buffer.stats.oldestAppendedAt).toBe(startedAt);
  const records = await readAll(buffer);
  await buffer.acknowledge(records.slice(0, 2));
  expect(buffer.stats.oldestAppendedAt).toBeGreaterThanOrEqual(startedAt + HOUR_MS);
  await buffer.acknowledge(records.slice(2));
  now += 100 * HOUR_MS;
  await appendTexts(buffer, record(3));
  expect(buffer.stats.oldestAppendedAt).toBe(now);
});

it("takes everything until the disk is full, loses none of it, and goes on when there is room [EDGE-03]", async () => {
  const buffer = await bufferWith({ maxBytes: 1_000_000 });
  disk.freeBytes = 2_000;
  const kept: number[] = [];
  for (let i = 0; i < 60; i++) {
    if (i === 40) disk.freeBytes = 1_000_000;
    await appendTexts(buffer, record(i)).then(
      () => kept.push(i),
      (error) => expect(error).toMatchObject({ code: "disk_full" }),
    );
  }
  expect(kept.length).toBeGreaterThan(30);
  expect(kept).toContain(59);
  expect(await numbersIn(buffer)).toEqual(kept);
  await buffer.close();
  const again = await bufferWith();
  expect(await numbersIn(again)).toEqual(kept);
  expect(again.recovery.findings).toEqual([]);
});
