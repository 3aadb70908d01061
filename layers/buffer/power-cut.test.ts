import fc from "fast-check";
import { expect, it } from "vitest";
import { type DiskBuffer, openBuffer } from "./buffer.ts";
import { appendTexts, readAll, textsOf } from "./fakes/contents.ts";
import { ForgetfulDisk } from "./fakes/forgetful-disk.ts";

const open = (disk: ForgetfulDisk) =>
  openBuffer({ directory: "/buffer", maxBytes: 100_000, segmentBytes: 300, disk });

/** What was promised to those who append, over all lives of the buffer. */
class Promises {
  /** In the order in which each was handed over. */
  readonly tried: string[] = [];
  readonly kept = new Set<string>();
  readonly acknowledged = new Set<string>();

  async append(buffer: DiskBuffer, count: number): Promise<void> {
    const texts = Array.from({ length: count }, (_, i) => `record ${this.tried.length + i}`);
    this.tried.push(...texts);
    await appendTexts(buffer, ...texts);
    for (const text of texts) this.kept.add(text);
  }

  async work(buffer: DiskBuffer, count: number): Promise<void> {
    const records = await buffer.read({ records: count, bytes: 1_000 });
    for (const text of textsOf(records)) this.acknowledged.add(text);
    await buffer.acknowledge(records);
  }

  /** Everything that was promised is there, in order, and nothing that was never appended. */
  check(found: readonly string[]): void {
    const places = found.map((text) => this.tried.indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(new Set(found).size).toBe(found.length);
    const missing = [...this.kept].filter((text) => !this.acknowledged.has(text) && !found.includes(text));
    expect(missing).toEqual([]);
  }
}

const life = fc.record({
  cutAt: fc.nat(60),
  appends: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 }),
  works: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 6 }),
  luck: fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
});

it("has everything that was acknowledged after the power went, whenever it goes, again and again [EDGE-03]", async () => {
  let cuts = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), async (lives) => {
      let disk = new ForgetfulDisk();
      const promises = new Promises();
      for (const { cutAt, appends, works, luck } of lives) {
        disk.cutAt = cutAt;
        await live(disk, promises, appends, works).catch(expectPowerCut(disk));
        if (disk.isOff) cuts++;
        disk = disk.afterwards(() => luck.next().value ?? 0);
      }
      const buffer = await open(disk);
      promises.check(textsOf(await readAll(buffer)));
      // It lost nothing, so it says of nothing that it is lost.
      expect(buffer.stats.damaged.records).toBe(0);
      await promises.append(buffer, 2);
      await buffer.close();
      const again = await open(disk);
      promises.check(textsOf(await readAll(again)));
    }),
    { numRuns: 300 },
  );
  expect(cuts, "lives that ended with a power cut").toBeGreaterThan(100);
});

/** Appends, several at a time, and works off what is there, until it is through or the power goes. */
async function live(
  disk: ForgetfulDisk,
  promises: Promises,
  appends: number[],
  works: number[],
): Promise<void> {
  const buffer = await open(disk);
  const appending = Promise.allSettled(appends.map((count) => promises.append(buffer, count)));
  for (const count of works) await promises.work(buffer, count);
  const results = await appending;
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

const expectPowerCut = (disk: ForgetfulDisk) => (error: unknown) => {
  if (!disk.isOff) throw error;
};
