import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startParent } from "../../test/parent-process.ts";
import { temporaryHome } from "../../test/temporary-home.ts";
import { type BufferOptions, type DiskBuffer, openBuffer } from "./buffer.ts";
import { appendTexts, readAll, textsIn, textsOf } from "./fakes/contents.ts";
import { FailingDisk } from "./fakes/failing-disk.ts";

let directory: string;
const open: DiskBuffer[] = [];

beforeEach(async () => {
  directory = await temporaryHome();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((buffer) => buffer.close()));
  await rm(directory, { recursive: true, force: true });
});

async function bufferWith(options: Partial<BufferOptions> = {}): Promise<DiskBuffer> {
  const buffer = await openBuffer({ directory, maxBytes: 10_000_000, ...options });
  open.push(buffer);
  return buffer;
}

it("gives back what was appended, in order, with when it came", async () => {
  const buffer = await bufferWith({ clock: { now: () => 1_700_000_000_123 } });
  await appendTexts(buffer, "a", "", "c");
  await appendTexts(buffer, "d");
  const records = await readAll(buffer);
  expect(textsOf(records)).toEqual(["a", "", "c", "d"]);
  expect(records.map(({ position }) => position)).toEqual([0, 1, 2, 3]);
  expect(records[0]?.appendedAt).toBe(1_700_000_000_123);
  expect(await readAll(buffer)).toEqual([]);
});

it("reads up to both limits, but at least one record", async () => {
  const buffer = await bufferWith();
  await appendTexts(buffer, "aaaa", "bbbb", "cccc", "dddd");
  expect(textsOf(await buffer.read({ records: 1, bytes: 100 }))).toEqual(["aaaa"]);
  expect(textsOf(await buffer.read({ records: 10, bytes: 8 }))).toEqual(["bbbb", "cccc"]);
  expect(textsOf(await buffer.read({ records: 10, bytes: 1 }))).toEqual(["dddd"]);
});

it("reads on in order while more is appended", async () => {
  const buffer = await bufferWith({ segmentBytes: 200 });
  const read: string[] = [];
  for (let i = 0; i < 100; i++) {
    await appendTexts(buffer, `${2 * i}`, `${2 * i + 1}`);
    read.push(...textsOf(await buffer.read({ records: i % 4, bytes: 1_000 })));
  }
  read.push(...(await textsIn(buffer)));
  expect(read).toEqual(Array.from({ length: 200 }, (_, i) => `${i}`));
});

it("takes nothing for missing that is appended while it reads", async () => {
  const buffer = await bufferWith({ segmentBytes: 2_000 });
  const read: string[] = [];
  const reading = (async () => {
    while (read.length < 3_000) {
      const records = await buffer.read({ records: 7, bytes: 1_000 });
      read.push(...textsOf(records));
      await buffer.acknowledge(records);
      await new Promise(setImmediate);
    }
  })();
  const append = async (from: number) => {
    for (let i = 0; i < 1_000; i++) await appendTexts(buffer, `${from + i}`);
  };
  await Promise.all([append(0), append(1_000), append(2_000), reading]);
  expect(new Set(read).size).toBe(3_000);
  expect(buffer.stats).toMatchObject({ records: 0, damaged: { records: 0, bytes: 0 } });
});

it("keeps in memory a chunk of a segment, however much is waiting [EDGE-11]", async () => {
  const options = { maxBytes: 100_000_000, segmentBytes: 2_000_000 };
  const first = await bufferWith(options);
  const body = Buffer.alloc(10_000, "x");
  for (let i = 0; i < 40; i++) await first.append(Array.from({ length: 100 }, () => body));
  await first.close();
  const disk = new FailingDisk();
  const second = await bufferWith({ ...options, disk });
  expect(second.stats).toMatchObject({
    records: 4_000,
    bytes: expect.toSatisfy((bytes) => bytes > 40_000_000),
  });
  // The newest segment, and a glance at each of the others.
  expect(disk.bytesRead.sum).toBeLessThan(3_500_000);
  disk.bytesRead.sum = 0;
  await second.read({ records: 10, bytes: 1_000_000 });
  expect(disk.bytesRead.sum).toBeLessThan(600_000);
  expect(disk.bytesRead.most).toBeLessThan(300_000);
});

it("has everything again after it was closed and opened [EDGE-03]", async () => {
  const first = await bufferWith({ segmentBytes: 100 });
  for (let i = 0; i < 20; i++) await appendTexts(first, `record ${i}`);
  await first.close();
  const second = await bufferWith({ segmentBytes: 100 });
  await appendTexts(second, "record 20");
  expect(second.stats.records).toBe(21);
  expect(await textsIn(second)).toEqual(Array.from({ length: 21 }, (_, i) => `record ${i}`));
  expect(second.recovery.findings).toEqual([]);
});

it("lets appends that come at the same time share an fsync, none waiting for a timer", async () => {
  const disk = new FailingDisk();
  const buffer = await bufferWith({ disk });
  await appendTexts(buffer, "first");
  const before = disk.counts.sync;
  await Promise.all(Array.from({ length: 500 }, (_, i) => appendTexts(buffer, `${i}`)));
  expect(disk.counts.sync - before).toBeLessThanOrEqual(2);
  expect(await textsIn(buffer)).toEqual(["first", ...Array.from({ length: 500 }, (_, i) => `${i}`)]);
});

it("resolves an append after its fsync and not before", async () => {
  const disk = new FailingDisk();
  const buffer = await bufferWith({ disk });
  const before = disk.counts.sync;
  for (let i = 1; i <= 5; i++) {
    await appendTexts(buffer, "x");
    expect(disk.counts.sync).toBe(before + i);
  }
});

it("is not opened twice, by this process or another", async () => {
  await bufferWith();
  await expect(bufferWith()).rejects.toMatchObject({ code: "locked" });
  await expect(bufferWith()).rejects.toThrow(`${process.pid}`);
});

it("takes over the lock of a process that was killed, and of no other [EDGE-03]", async () => {
  const source = new URL("./buffer.ts", import.meta.url);
  const holder = await startParent(`
    const { openBuffer } = await import(${JSON.stringify(source.href)});
    await openBuffer({ directory: ${JSON.stringify(directory)}, maxBytes: 1e6 });
    say("open");
  `);
  expect(await holder.said).toBe("open");
  await expect(bufferWith()).rejects.toThrow(`process ${holder.pid} has it open`);
  holder.kill();
  await expect.poll(() => bufferWith().then(() => "opened", String)).toBe("opened");
});

it("says whether an append would succeed now, and leaves nothing behind", async () => {
  const disk = new FailingDisk();
  const buffer = await bufferWith({ disk });
  await buffer.check();
  disk.freeBytes = 10;
  await expect(buffer.check()).rejects.toMatchObject({ code: "disk_full" });
  disk.freeBytes = 1e6;
  await buffer.check();
  expect((await disk.list(directory)).sort()).toEqual(["ledger", "lock"]);
});

it("finds out for several at once whether it can be written to [EDGE-02]", async () => {
  const buffer = await bufferWith();
  await Promise.all(Array.from({ length: 20 }, () => buffer.check()));
});

it("takes nothing any more when it is closed, and finishes what it took", async () => {
  const buffer = await bufferWith();
  const appended = appendTexts(buffer, "taken");
  await buffer.close();
  await appended;
  await expect(appendTexts(buffer, "late")).rejects.toMatchObject({ code: "closed" });
  expect(await textsIn(await bufferWith())).toEqual(["taken"]);
});

it("makes the directory, and refuses options it does not know by name", async () => {
  const nested = join(directory, "a", "b");
  await appendTexts(await bufferWith({ directory: nested }), "x");
  const options = { directory, maxBytes: 0, maxbytes: 5 } as BufferOptions;
  await expect(openBuffer(options)).rejects.toThrow(/maxBytes: .*maxbytes: unknown field/);
});
