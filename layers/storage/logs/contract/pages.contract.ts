import { beforeAll, expect, it } from "vitest";
import { timeOf } from "../../../core/envelope.ts";
import { entryKey } from "../identity.ts";
import {
  archived,
  type Context,
  entryOf,
  eventOf,
  idsOf,
  MIDNIGHT,
  newName,
  SECOND,
  stored,
  WHOLE_DAY,
} from "./samples.ts";

const MANY = 10_050;

export function pagesContract(context: Context): void {
  const service = newName("service");
  // Of three at one time each.
  const entries = Array.from({ length: 30 }, (_, i) =>
    entryOf({ service, time: MIDNIGHT + Math.floor(i / 3) * SECOND }),
  );
  const busy = newName("service");

  beforeAll(async () => {
    await stored(context, entries);
    const many = Array.from({ length: MANY }, (_, i) =>
      entryOf({ service: busy, time: MIDNIGHT + i * 1_000 }),
    );
    for (let i = 0; i < MANY; i += 2_000) await stored(context, many.slice(i, i + 2_000));
  });

  const page = (limit: number, offset: number) =>
    context().store.entries.search({ ...WHOLE_DAY, service, limit, offset });

  it("answers newest first, page by page, each entry on one page alone, also of those at one time", async () => {
    const all = idsOf((await page(1_000, 0)).entries);
    const pages = await Promise.all([0, 7, 14, 21, 28].map((offset) => page(7, offset)));
    expect(pages.flatMap(({ entries }) => idsOf(entries))).toEqual(all);
    expect(pages.map(({ entries }) => entries.length)).toEqual([7, 7, 7, 7, 2]);
    expect(new Set(all).size).toBe(30);
    const times = (await page(1_000, 0)).entries.map(({ time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  it("orders those at one time by their keys, whatever they were written in and wherever they are", async () => {
    const order = entries.toSorted((a, b) => b.time - a.time || (entryKey(a.id) < entryKey(b.id) ? 1 : -1));
    expect(idsOf((await page(1_000, 0)).entries)).toEqual(idsOf(order));
  });

  it("counts all that match, whatever the page", async () => {
    for (const [limit, offset] of [
      [1, 0],
      [7, 28],
      [5, 30],
      [5, 10_000],
    ] as const) {
      expect((await page(limit, offset)).count).toBe(30);
    }
    expect((await page(5, 30)).entries).toEqual([]);
  });

  it("counts exactly up to 10,000, and says 10,000 of more", async () => {
    const search = { ...WHOLE_DAY, service: busy, limit: 1, offset: 0 };
    const until = (count: number) => ({ ...search, to: MIDNIGHT + count * 1_000 });
    expect((await context().store.entries.search(until(9_999))).count).toBe(9_999);
    expect((await context().store.entries.search(search)).count).toBe(10_000);
  });

  it("reaches as deep as 10,000, a thousand at once", async () => {
    const search = { ...WHOLE_DAY, service: busy, limit: 1_000, offset: 10_000 };
    const { entries } = await context().store.entries.search(search);
    expect(entries.map(({ time }) => (time - MIDNIGHT) / 1_000)).toEqual(
      Array.from({ length: 50 }, (_, i) => 49 - i),
    );
  });

  it("pages through events in the same way", async () => {
    const source = `/${newName("source")}`;
    await archived(
      context,
      Array.from({ length: 10 }, (_, i) => eventOf({ source, id: `${i}`, at: MIDNIGHT + Math.floor(i / 2) })),
    );
    const search = (limit: number, offset: number) =>
      context().store.events.search({ ...WHOLE_DAY, source, limit, offset });
    const all = (await search(100, 0)).events;
    const pages = await Promise.all([0, 3, 6, 9].map((offset) => search(3, offset)));
    expect(pages.flatMap(({ events }) => events)).toEqual(all);
    expect(pages.map(({ count }) => count)).toEqual([10, 10, 10, 10]);
    const offsets = all.map(({ event }) => timeOf(event) - MIDNIGHT);
    expect(offsets).toEqual([4, 4, 3, 3, 2, 2, 1, 1, 0, 0]);
  });
}
