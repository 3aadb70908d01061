import fc from "fast-check";
import { expect, it } from "vitest";
import { bucketOf, middleOf, quantileOf } from "./sketch.ts";

const sketchOf = (values: number[]) => {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(bucketOf(value), (counts.get(bucketOf(value)) ?? 0) + 1);
  return [...counts].map(([bucket, count]) => ({ bucket, count }));
};

it("keeps every value within one percent", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.0011, max: 1e9, noNaN: true }),
      (ms) => Math.abs(middleOf(bucketOf(ms)) - ms) <= ms * 0.0101,
    ),
  );
});

it("answers the quantiles of the values it was given, within one percent", () => {
  const durations = fc.array(fc.double({ min: 0.01, max: 60_000, noNaN: true }), {
    minLength: 1,
    maxLength: 200,
  });
  fc.assert(
    fc.property(durations, fc.constantFrom(0, 0.5, 0.95, 0.99, 1), (values, q) => {
      const exact = [...values].sort((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? 0;
      return Math.abs((quantileOf(sketchOf(values), q) ?? -1) - exact) <= exact * 0.0101;
    }),
  );
});

it("has no quantile when it is empty, and takes zero for zero", () => {
  expect(quantileOf([], 0.5)).toBeUndefined();
  expect(quantileOf(sketchOf([0, 0, 0]), 0.99)).toBe(0);
});
