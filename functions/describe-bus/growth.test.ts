import { expect, it } from "vitest";
import { createGrowth } from "./growth.ts";

const sample = (ready: number) => [{ queue: "audit.trail", ready, consumers: 1 }];

it("tells of no growth by one sample, and of growth and decline by two", () => {
  const growth = createGrowth();
  expect(growth(0, sample(10))).toBeUndefined();
  expect(growth(2_000, sample(30))).toEqual({ seconds: 2, perSecond: new Map([["audit.trail", 10]]) });
  expect(growth(6_000, sample(10))).toEqual({ seconds: 4, perSecond: new Map([["audit.trail", -5]]) });
});

it("goes by the sample before where two lie close together", () => {
  const growth = createGrowth();
  growth(0, sample(0));
  expect(growth(10, sample(1))).toBeUndefined();
  expect(growth(1_000, sample(2))?.perSecond.get("audit.trail")).toBe(2);
});

it("knows no growth of a queue that was not there before", () => {
  const growth = createGrowth();
  growth(0, []);
  expect(growth(1_000, sample(2))?.perSecond.size).toBe(0);
});
