import { describe, expect, it } from "vitest";
import { MICROS_PER_SECOND } from "../../../../layers/core/time.ts";
import { fingerprintOf, Taken } from "./taken.ts";

const minute = 60 * MICROS_PER_SECOND;

describe("what is remembered of rows that were taken", () => {
  it("stays within its bound whatever comes, the newest of it, and says from when on it is whole [EDGE-11]", () => {
    const taken = new Taken({ windowMicros: minute, limit: 100 });
    for (let i = 0; i < 1_000; i++) taken.add(i * MICROS_PER_SECOND, `row ${i}`);
    expect(taken.size).toBeLessThanOrEqual(100);
    expect(taken.from).toBeGreaterThan(850 * MICROS_PER_SECOND);
    for (let i = 0; i < 1_000; i++) {
      if (i * MICROS_PER_SECOND >= taken.from)
        expect(taken.meets(i * MICROS_PER_SECOND, `row ${i}`)).toBe(true);
    }
  });

  it("goes when it has left the window, and is no gap then [EDGE-11]", () => {
    const taken = new Taken({ windowMicros: minute, limit: 100 });
    for (let i = 0; i < 50; i++) taken.add(i * MICROS_PER_SECOND, `row ${i}`);
    taken.settle(40 * MICROS_PER_SECOND);
    expect(taken.size).toBeLessThanOrEqual(12);
    expect(taken.meets(40 * MICROS_PER_SECOND, "row 40")).toBe(true);
    expect(taken.from).toBe(Number.NEGATIVE_INFINITY);
  });

  it("is bounded when all rows are of one time, too [EDGE-11]", () => {
    const taken = new Taken({ windowMicros: 0, limit: 10 });
    for (let i = 0; i < 1_000; i++) taken.add(0, `row ${i}`);
    expect(taken.size).toBeLessThanOrEqual(10);
    expect(taken.from).toBe(MICROS_PER_SECOND);
  });
});

it("tells rows apart by every column, NULL and text, and what stands in which", () => {
  const rows = [["1", null], ["1", "null"], ["1", ""], ["", "1"], ["1,null"], [null, "1"]];
  expect(new Set(rows.map(fingerprintOf)).size).toBe(rows.length);
});
