import { mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryHome } from "../../test/temporary-home.ts";
import { type DiskBuffer, openBuffer } from "./buffer.ts";
import { appendTexts, readAll, textsIn, textsOf } from "./fakes/contents.ts";
import { FailingDisk } from "./fakes/failing-disk.ts";
import { RECORD_HEADER_BYTES } from "./record.ts";
import { SEGMENT_HEADER_BYTES } from "./segment.ts";

let home: string;
let directory: string;

beforeEach(async () => {
  home = await temporaryHome();
  directory = join(home, "buffer");
});

afterEach(() => rm(home, { recursive: true, force: true }));

const TEXTS = ["first", "the second", "", "4", "the fifth of them"];
const open = (disk?: FailingDisk) =>
  openBuffer({ directory, maxBytes: 1e6, segmentBytes: 10_000, ...(disk && { disk }) });

/** Where each record of the one segment begins, and where the last one ends. */
const places = [SEGMENT_HEADER_BYTES];
for (const text of TEXTS) places.push((places.at(-1) ?? 0) + RECORD_HEADER_BYTES + text.length);
const size = places.at(-1) ?? 0;

interface Written {
  path: string;
  contents: Buffer;
}

/** One segment that was closed; then, if wanted, another one behind it. */
async function written({ followed }: { followed: boolean }): Promise<Written> {
  const buffer = await open();
  await appendTexts(buffer, ...TEXTS.slice(0, 3));
  await appendTexts(buffer, ...TEXTS.slice(3));
  await buffer.close();
  const [name = ""] = (await readdir(directory)).filter((each) => each.endsWith(".segment"));
  const path = join(directory, name);
  const contents = await readFile(path);
  expect(contents).toHaveLength(size);
  if (followed) {
    const again = await open();
    await appendTexts(again, "followed");
    await again.close();
  }
  return { path, contents };
}

/** The buffer after somebody changed the segment, and what can be read in it. */
async function readChanged({ path, contents }: Written, change: (bytes: Buffer) => Buffer) {
  await writeFile(path, change(Buffer.from(contents)));
  const buffer = await open();
  const texts = await textsIn(buffer);
  const { stats, recovery } = buffer;
  await buffer.close();
  // It took nothing away, and the next one begins where this one did.
  await rm(join(directory, "ledger"));
  await writeFile(path, contents);
  return { texts, stats, recovery };
}

const flipped = (offset: number) => (bytes: Buffer) => {
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 0x41, offset);
  return bytes;
};
/** Of the record that the offset is in; -1 in the header. */
const indexAt = (offset: number) => places.findLastIndex((place) => place <= offset);

describe.each([{ followed: true }, { followed: false }])(
  "a segment, another behind it: $followed",
  (setup) => {
    const behind = setup.followed ? ["followed"] : [];

    it("with a byte flipped at any place loses the record there, and no other, and says so", async () => {
      const segment = await written(setup);
      for (let offset = 0; offset < size; offset++) {
        const index = indexAt(offset);
        const { texts, stats, recovery } = await readChanged(segment, flipped(offset));
        expect(texts, `flipped at ${offset}`).toEqual([...TEXTS.filter((_, i) => i !== index), ...behind]);
        if (index < 0) {
          expect(recovery.findings.join()).toContain("header is damaged");
          continue;
        }
        const bytes = (places[index + 1] ?? 0) - (places[index] ?? 0);
        const isTail = index === TEXTS.length - 1 && !setup.followed;
        if (isTail) expect(recovery.tornBytes).toBe(bytes);
        else expect(stats.damaged, `flipped at ${offset}`).toEqual({ records: 1, bytes });
      }
    });

    it("cut off at any place has everything before the cut, and says what is missing", async () => {
      const segment = await written(setup);
      for (let length = 0; length < size; length++) {
        const whole = Math.max(0, indexAt(length));
        const { texts, stats, recovery } = await readChanged(segment, (bytes) => bytes.subarray(0, length));
        expect(texts, `cut at ${length}`).toEqual([...TEXTS.slice(0, whole), ...behind]);
        if (setup.followed) expect(stats.damaged.records).toBe(TEXTS.length - whole);
        else
          expect(recovery.tornBytes).toBe(
            Math.max(0, length - Math.max(SEGMENT_HEADER_BYTES, places[whole] ?? 0)),
          );
      }
    });

    it("with zeros from any place on never gives a wrong record", async () => {
      const segment = await written(setup);
      for (let offset = 0; offset < size; offset += 3) {
        const { texts } = await readChanged(segment, (bytes) => bytes.fill(0, offset));
        expect(texts).toEqual([...TEXTS.slice(0, Math.max(0, indexAt(offset))), ...behind]);
      }
    });
  },
);

it("goes on appending and reading behind damage, and acknowledges across it", async () => {
  const { path, contents } = await written({ followed: false });
  await writeFile(path, flipped(places[1] ?? 0)(contents));
  const buffer = await open();
  expect(buffer.recovery).toMatchObject({ damaged: { records: 1, bytes: RECORD_HEADER_BYTES + 10 } });
  expect(buffer.recovery.findings[0]).toMatch(/34 bytes with 1 records are damaged/);
  await appendTexts(buffer, "more");
  const records = await readAll(buffer);
  expect(textsOf(records)).toEqual(["first", "", "4", "the fifth of them", "more"]);
  expect(buffer.stats.records).toBe(5);
  buffer.rewind();
  await readAll(buffer);
  expect(buffer.stats.damaged).toEqual({ records: 1, bytes: RECORD_HEADER_BYTES + 10 });
  await buffer.acknowledge(records);
  expect(buffer.stats.records).toBe(0);
  await buffer.close();
});

it("does not take a record within a body for one of its own", async () => {
  const { path, contents } = await written({ followed: false });
  await rm(directory, { recursive: true });
  const buffer = await open();
  await appendTexts(buffer, contents.toString("latin1"), "second");
  await buffer.close();
  const [name = ""] = (await readdir(directory)).filter((each) => each.endsWith(".segment"));
  expect(join(directory, name)).not.toBe(path);
  const bytes = await readFile(join(directory, name));
  await writeFile(join(directory, name), flipped(SEGMENT_HEADER_BYTES + 5)(bytes));
  const again = await open();
  expect(await textsIn(again)).toEqual(["second"]);
  await again.close();
});

it("counts the records of a segment that somebody deleted, and reads on", async () => {
  const { path } = await written({ followed: true });
  const buffer = await open();
  await rm(path);
  expect(await textsIn(buffer)).toEqual(["followed"]);
  expect(buffer.stats.damaged.records).toBe(TEXTS.length);
  await buffer.close();
});

it("refuses a segment of a newer format, and leaves it alone", async () => {
  const { path, contents } = await written({ followed: false });
  const header = Buffer.from("54425546000200001c8f58b0", "hex");
  const { crc32 } = await import("node:zlib");
  header.writeUInt32BE(crc32(header.subarray(0, 8)), 8);
  await writeFile(path, Buffer.concat([header, contents.subarray(header.length)]));
  await expect(open()).rejects.toMatchObject({ code: "version" });
  await writeFile(path, contents);
  await (await open()).close();
});

it("brings everything again when the ledger is damaged, and says so", async () => {
  const buffer = await open();
  await appendTexts(buffer, ...TEXTS);
  await buffer.acknowledge((await readAll(buffer)).slice(0, 3));
  await buffer.close();
  const ledger = join(directory, "ledger");
  const contents = await readFile(ledger);
  for (let length = 0; length <= contents.length; length += 8) {
    await truncate(ledger, length).catch(() => {});
    const again = await open();
    const texts = await textsIn(again);
    expect([TEXTS, TEXTS.slice(3)]).toContainEqual(texts);
    if (length < 16) expect(again.recovery.findings.join()).toContain("ledger");
    await again.close();
    await writeFile(ledger, contents);
  }
});

it("ignores files that are not its own", async () => {
  await mkdir(directory);
  await writeFile(join(directory, "notes.txt"), "not a segment");
  const buffer = await open();
  await appendTexts(buffer, "x");
  expect(await textsIn(buffer)).toEqual(["x"]);
  await buffer.close();
});

describe("an append that fails", () => {
  let disk: FailingDisk;
  let buffer: DiskBuffer;

  beforeEach(async () => {
    disk = new FailingDisk();
    buffer = await open(disk);
    await appendTexts(buffer, "before");
  });

  afterEach(() => buffer.close());

  it.each(["write", "sync"] as const)(
    "for its %s is not in the buffer, hides nothing behind it, and leaves that segment for good",
    async (step) => {
      disk.fail(step, "EIO");
      await expect(appendTexts(buffer, "failed", "too")).rejects.toMatchObject({ code: "disk_failed" });
      expect(buffer.stats.lastError).toContain("EIO");
      expect(await textsIn(buffer)).toEqual(["before"]);
      await appendTexts(buffer, "after");
      expect(await textsIn(buffer)).toEqual(["after"]);
      expect((await readdir(directory)).filter((name) => name.endsWith(".segment"))).toHaveLength(2);
      await buffer.close();
      buffer = await open(disk);
      expect(await textsIn(buffer)).toEqual(["before", "after"]);
    },
  );

  it("is not read after a restart either, if what it left could not be cut off", async () => {
    disk.fail("sync", "EIO");
    disk.fail("truncate", "EIO");
    await expect(appendTexts(buffer, "failed", "too")).rejects.toThrow();
    await appendTexts(buffer, "after");
    await buffer.close();
    buffer = await open(disk);
    expect(await textsIn(buffer)).toEqual(["before", "after"]);
    expect(buffer.stats.damaged).toEqual({ records: 0, bytes: 0 });
  });

  it("for want of a new segment is followed by one that does not", async () => {
    await buffer.close();
    buffer = await open(disk);
    for (const step of ["create", "syncDirectory", "write"] as const) {
      disk.fail(step, "EIO");
      await expect(appendTexts(buffer, step)).rejects.toMatchObject({ code: "disk_failed" });
    }
    await appendTexts(buffer, "after");
    expect(await textsIn(buffer)).toEqual(["before", "after"]);
  });

  it("fails all that shared its fsync, and none that comes later", async () => {
    const first = appendTexts(buffer, "alone");
    await new Promise(setImmediate);
    disk.fail("sync", "EIO");
    const results = await Promise.allSettled([appendTexts(buffer, "a"), appendTexts(buffer, "b"), first]);
    const failed = results.filter(({ status }) => status === "rejected");
    expect(failed.length).toBeGreaterThan(0);
    await appendTexts(buffer, "later");
    const texts = await textsIn(buffer);
    expect(texts.at(0)).toBe("before");
    expect(texts.at(-1)).toBe("later");
    expect(texts).toHaveLength(2 + results.length - failed.length);
  });
});

it("reads again what the disk could not read for a while", async () => {
  const disk = new FailingDisk();
  const buffer = await open(disk);
  await appendTexts(buffer, "a", "b");
  disk.fail("read", "EIO", 2);
  await expect(readAll(buffer)).rejects.toMatchObject({ code: "disk_failed" });
  expect(await textsIn(buffer)).toEqual(["a", "b"]);
  await buffer.close();
});

it("passes over what the disk cannot read any more, and counts it, at opening, too", async () => {
  const disk = new FailingDisk();
  const texts = Array.from({ length: 30 }, (_, i) => `${i} `.padEnd(1_000, "x"));
  const buffer = await openBuffer({ directory, maxBytes: 1e6, disk });
  await appendTexts(buffer, ...texts);
  disk.unreadable = { from: 9_000, to: 9_100 };
  const found = await textsIn(buffer);
  expect(buffer.stats.damaged.records).toBe(texts.length - found.length);
  expect(buffer.stats.damaged.records).toBeLessThanOrEqual(6);
  expect(texts.filter((text) => found.includes(text))).toEqual(found);
  expect(found.at(-1)).toBe(texts.at(-1));
  await buffer.close();
  const again = await openBuffer({ directory, maxBytes: 1e6, disk });
  expect(await textsIn(again)).toEqual(found);
  await again.close();
  disk.unreadable = { from: 0, to: 100 };
  const withoutHeader = await openBuffer({ directory, maxBytes: 1e6, disk });
  expect(withoutHeader.recovery.findings.join()).toMatch(/header is damaged.*ledger.*bytes with 4 records/);
  expect(await textsIn(withoutHeader)).toEqual(texts.slice(4));
  await withoutHeader.close();
});
