import { describe, expect, it } from "vitest";
import { inFlight, interleave, median, paced, percentile } from "./measure.ts";

describe("percentile", () => {
  it("is the smallest sample that the share does not exceed", () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([50, 95, 99, 100]);
    expect(percentile([7], 0.95)).toBe(7);
    expect(median([3, 1, 2])).toBe(2);
  });

  it("refuses to be taken of nothing", () => {
    expect(() => percentile([], 0.5)).toThrow("at least one sample");
  });
});

it("interleave lets the sides take turns, and does not count the first round", async () => {
  const turns: string[] = [];
  const side = (name: string) => async (round: number) => {
    turns.push(`${name}${round}`);
    return round;
  };
  const results = await interleave(2, { floor: side("f"), ours: side("o") });
  expect(turns).toEqual(["f0", "o0", "f1", "o1", "f2", "o2"]);
  expect(results).toEqual({ floor: [1, 2], ours: [1, 2] });
});

it("paced sends each once, and not before it is due", async () => {
  const startedAt = performance.now();
  const sent: { index: number; at: number }[] = [];
  await paced({ perSecond: 1_000, seconds: 0.05 }, (index) =>
    sent.push({ index, at: performance.now() - startedAt }),
  );
  expect(sent.map(({ index }) => index)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  expect(sent.every(({ index, at }) => at >= index - 1)).toBe(true);
});

it("inFlight does all of the work, and no more of it at once than it may", async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await inFlight(3, 10, async (index) => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    done.push(index);
  });
  expect(most).toBe(3);
  expect(done.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
