import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { nodeDisk } from "../../../layers/buffer/disk.ts";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { Journal, SLOTS } from "./journal.ts";

let directory: string;

beforeEach(async () => {
  directory = await temporaryHome();
});

afterEach(() => rm(directory, { recursive: true, force: true }));

async function noted(...ranges: [first: number, last: number][]): Promise<void> {
  const journal = await Journal.open(directory, "logs", nodeDisk);
  for (const [first, last] of ranges) await journal.note({ first, last });
  await journal.close();
}

async function reading<Result>(read: (journal: Journal) => Result): Promise<Result> {
  const journal = await Journal.open(directory, "logs", nodeDisk);
  const result = read(journal);
  await journal.close();
  return result;
}

it("knows after a restart which records went together, and no others", async () => {
  await noted([0, 9], [10, 14], [20, 29]);
  await reading((journal) => {
    expect(journal.find(0)).toEqual({ first: 0, last: 9 });
    expect(journal.find(12)).toEqual({ first: 10, last: 14 });
    expect(journal.find(15)).toBeUndefined();
    expect(journal.nextFirst).toBe(20);
    expect(journal.find(29)).toEqual({ first: 20, last: 29 });
    expect(journal.find(30)).toBeUndefined();
    expect(journal.nextFirst).toBe(Number.POSITIVE_INFINITY);
  });
});

it("remembers the newest, over restarts", async () => {
  const batch = (i: number): [number, number] => [i * 10, i * 10 + 9];
  await noted(...Array.from({ length: SLOTS }, (_, i) => batch(i)));
  await noted(batch(SLOTS));
  await reading((journal) => {
    expect(journal.nextFirst).toBe(10);
    expect(journal.find(SLOTS * 10)).toEqual({ first: SLOTS * 10, last: SLOTS * 10 + 9 });
  });
});

it("believes the later of two that overlap", async () => {
  await noted([0, 9], [10, 19], [5, 12]);
  expect(await reading((journal) => [journal.find(5), journal.find(13)])).toEqual([
    { first: 5, last: 12 },
    undefined,
  ]);
});

it("passes over a slot that a power cut left half written", async () => {
  await noted([0, 9], [10, 19]);
  const path = join(directory, "logs.batches");
  const data = await readFile(path);
  const at = data.indexOf(Buffer.from([0, 0, 0, 0, 0, 19]));
  data.writeUInt8(0xff, at + 5);
  await writeFile(path, data);
  await reading((journal) => {
    expect(journal.find(3)).toEqual({ first: 0, last: 9 });
    expect(journal.find(10)).toBeUndefined();
  });
});
