import fc from "fast-check";
import { expect, it } from "vitest";
import { SeriesCache } from "./series-cache.ts";

const series = (id: number) => ({ id, retentionClass: 90, validFrom: 0 });

it("finds what was put into it, by device and metric", () => {
  const cache = new SeriesCache(10);
  cache.set("a", "cpu", series(1));
  cache.set("a", "memory", series(2));
  cache.set("b", "cpu", series(3));
  expect([cache.get("a", "cpu"), cache.get("a", "memory"), cache.get("b", "cpu")]).toEqual(
    [1, 2, 3].map(series),
  );
  expect(cache.get("b", "memory")).toBeUndefined();
});

it("keeps what is used, whatever else comes", () => {
  const cache = new SeriesCache(10);
  cache.set("hot", "cpu", series(0));
  for (let i = 1; i < 1_000; i++) {
    cache.set(`cold-${i}`, "cpu", series(i));
    expect(cache.get("hot", "cpu")).toEqual(series(0));
  }
});

it("never holds more than its capacity", () => {
  const capacity = 10;
  fc.assert(
    fc.property(fc.array(fc.nat(40), { maxLength: 300 }), (asked) => {
      const cache = new SeriesCache(capacity);
      for (const id of asked) if (!cache.get("device", `m${id}`)) cache.set("device", `m${id}`, series(id));
      const held = Array.from({ length: 41 }, (_, id) => id).filter((id) => cache.get("device", `m${id}`));
      expect(held.length).toBeLessThanOrEqual(capacity);
    }),
  );
});

it("forgets everything when it is told to", () => {
  const cache = new SeriesCache(10);
  cache.set("a", "cpu", series(1));
  cache.clear();
  expect(cache.get("a", "cpu")).toBeUndefined();
});
