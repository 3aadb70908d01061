import fc from "fast-check";
import { expect, it } from "vitest";
import { readWindows, type Window } from "./windows.ts";

const windows = fc.record({
  from: fc.integer({ min: -1_000, max: 1_000 }),
  length: fc.nat(3_000),
  limit: fc.integer({ min: 1, max: 100 }),
  align: fc.constantFrom(1, 7, 60),
  factor: fc.integer({ min: 1, max: 50 }),
});
const times = fc
  .array(fc.integer({ min: -1_000, max: 4_000 }), { maxLength: 2_000, size: "max" })
  .map((times) => times.sort((a, b) => a - b));

it("answers as one query over the whole range would", async () => {
  await fc.assert(
    fc.asyncProperty(windows, times, async ({ from, length, limit, align, factor }, times) => {
      const to = from + length;
      const inside = (window: Window) => times.filter((time) => time >= window.from && time < window.to);
      const read = async (window: Window, missing: number) => inside(window).slice(0, missing);
      const rows = await readWindows({ from, to, limit, align, width: align * factor }, read);
      expect(rows).toEqual(inside({ from, to }).slice(0, limit));
    }),
  );
});

it("asks for windows that follow each other and end at multiples of the alignment", async () => {
  const asked: Window[] = [];
  await readWindows({ from: 5, to: 1_234, limit: 10, align: 60, width: 60 }, async (window) => {
    asked.push(window);
    return [];
  });
  expect(asked.map(({ from }) => from)).toEqual([5, ...asked.slice(0, -1).map(({ to }) => to)]);
  expect(asked.slice(0, -1).every(({ to }) => to % 60 === 0)).toBe(true);
  expect(asked.at(-1)?.to).toBe(1_234);
});

it("needs few windows for a range in which there is almost nothing", async () => {
  const day = 86_400_000_000;
  let asked = 0;
  await readWindows({ from: 0, to: 90 * day, limit: 1_000, align: 1, width: 1_000_000 }, async () => {
    asked++;
    return [];
  });
  expect(asked).toBeLessThan(10);
});

it("stops asking once it has enough", async () => {
  const asked: number[] = [];
  await readWindows({ from: 0, to: 1_000, limit: 3, align: 10, width: 10 }, async (window, missing) => {
    asked.push(missing);
    return [window.from, window.from + 1].slice(0, missing);
  });
  expect(asked).toEqual([3, 1]);
});
