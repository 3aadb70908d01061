import { rm } from "node:fs/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryHome } from "../../test/temporary-home.ts";
import { Acknowledgements } from "./acknowledgements.ts";
import { type DiskBuffer, openBuffer } from "./buffer.ts";
import { appendTexts, readAll, textsIn, textsOf } from "./fakes/contents.ts";
import { FailingDisk } from "./fakes/failing-disk.ts";

let directory: string;
let disk: FailingDisk;
let buffer: DiskBuffer;

const open = () => openBuffer({ directory, maxBytes: 100_000, segmentBytes: 150, disk });
const segments = async () => (await disk.list(directory)).filter((name) => name.endsWith(".segment"));

beforeEach(async () => {
  directory = await temporaryHome();
  disk = new FailingDisk();
  buffer = await open();
});

afterEach(async () => {
  await buffer.close();
  await rm(directory, { recursive: true, force: true });
});

async function reopen(): Promise<void> {
  await buffer.close();
  buffer = await open();
}

describe("an acknowledged record", () => {
  it("never comes again: not after a rewind, not after a restart", async () => {
    await appendTexts(buffer, "a", "b", "c");
    const records = await readAll(buffer);
    await buffer.acknowledge(records.slice(0, 2));
    buffer.rewind();
    expect(await textsIn(buffer)).toEqual(["c"]);
    await reopen();
    expect(await textsIn(buffer)).toEqual(["c"]);
  });

  it("never comes again, though the reader had come across it and put it off", async () => {
    await appendTexts(buffer, "a", "b", "c");
    const [, b] = await readAll(buffer);
    if (!b) throw new Error("expected a second record");
    buffer.rewind();
    expect(textsOf(await buffer.read({ records: 2, bytes: 1 }))).toEqual(["a"]);
    await buffer.acknowledge([b]);
    expect(await textsIn(buffer)).toEqual(["c"]);
  });

  it("may be acknowledged in any order, and twice", async () => {
    await appendTexts(buffer, "a", "b", "c", "d", "e");
    const [a, b, c, d] = await readAll(buffer);
    if (!a || !b || !c || !d) throw new Error("expected four records");
    await buffer.acknowledge([d]);
    await buffer.acknowledge([b, d]);
    expect(buffer.stats.records).toBe(3);
    buffer.rewind();
    expect(await textsIn(buffer)).toEqual(["a", "c", "e"]);
    await buffer.acknowledge([a, c]);
    expect(buffer.stats.records).toBe(1);
    await reopen();
    expect(await textsIn(buffer)).toEqual(["e"]);
  });

  it("was read: a position that there is not yet is refused", async () => {
    await appendTexts(buffer, "a");
    await expect(buffer.acknowledge([{ position: 1, appendedAt: 0 }])).rejects.toThrow("never read");
  });
});

it("gives what was read and not acknowledged again after a rewind, before what was not read", async () => {
  for (let i = 0; i < 20; i++) await appendTexts(buffer, `${i}`);
  await buffer.read({ records: 15, bytes: 1_000 });
  buffer.rewind();
  expect(await textsIn(buffer)).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
});

it("deletes a segment when all of it is acknowledged, and no other", async () => {
  for (let i = 0; i < 40; i++) await appendTexts(buffer, `record ${i}`);
  const before = (await segments()).length;
  expect(before).toBeGreaterThan(5);
  const records = await readAll(buffer);
  await buffer.acknowledge(records.slice(1));
  expect(await segments()).toHaveLength(before);
  await buffer.acknowledge(records.slice(0, 1));
  expect(await segments()).toHaveLength(1);
  expect(buffer.stats).toMatchObject({ records: 0, oldestAppendedAt: undefined });
});

it("goes on from the mark when segments could not be deleted, and deletes them later", async () => {
  for (let i = 0; i < 40; i++) await appendTexts(buffer, `record ${i}`);
  disk.fail("unlink", "EIO");
  await expect(buffer.acknowledge(await readAll(buffer))).rejects.toMatchObject({ code: "disk_failed" });
  await appendTexts(buffer, "one more");
  await buffer.acknowledge(await readAll(buffer));
  expect(await segments()).toHaveLength(1);
});

it("keeps the mark behind where the ledger cannot be written, never ahead", async () => {
  await appendTexts(buffer, "a", "b");
  const [a] = await readAll(buffer);
  if (!a) throw new Error("expected a record");
  disk.fail("write", "EIO", 2);
  await expect(buffer.acknowledge([a])).rejects.toMatchObject({ code: "disk_failed" });
  await buffer.close().catch(() => {});
  buffer = await open();
  expect(textsOf(await readAll(buffer))).toEqual(["a", "b"]);
});

it("holds positions as a set would, in any order", () => {
  const step = fc.oneof(
    { weight: 10, arbitrary: fc.record({ add: fc.nat(60) }) },
    { weight: 1, arbitrary: fc.record({ moveTo: fc.nat(60) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const ours = new Acknowledgements(0);
      const twin = new Set<number>();
      for (const each of steps) {
        if ("add" in each) {
          expect(ours.add(each.add)).toBe(!twin.has(each.add));
          twin.add(each.add);
        } else {
          const news = Array.from({ length: each.moveTo }, (_, i) => i).filter((i) => !twin.has(i));
          expect(ours.moveTo(each.moveTo)).toBe(news.length);
          for (const position of news) twin.add(position);
        }
        const mark = Array.from({ length: 62 }, (_, i) => i).find((i) => !twin.has(i));
        expect(ours.mark).toBe(mark);
        expect(ours.beyond).toBe([...twin].filter((position) => position > ours.mark).length);
        for (let i = 0; i < 62; i++) expect(ours.has(i)).toBe(twin.has(i));
      }
    }),
  );
});
