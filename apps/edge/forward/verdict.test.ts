import { expect, it } from "vitest";
import { pauseMs } from "./backoff.ts";
import { retryAfterMs } from "./verdict.ts";

const now = Date.UTC(2026, 10, 28, 12);

it.each([
  ["0", 0],
  ["120", 120_000],
  ["86400", 3_600_000],
  ["Sat, 28 Nov 2026 12:00:30 GMT", 30_000],
  ["Sat, 28 Nov 2026 11:00:00 GMT", 0],
  ["soon", undefined],
  [undefined, undefined],
])("reads Retry-After: %s [EDGE-04]", (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms);
});

it("pauses for any time up to twice as long each time, and no longer than the longest [EDGE-04]", () => {
  const settings = { first: 1_000, longest: 60_000 };
  const longest = [1, 2, 3, 6, 7, 40].map((failures) => pauseMs(settings, failures, () => 1));
  expect(longest).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000]);
  expect(pauseMs(settings, 9, () => 0)).toBe(0);
  expect(pauseMs(settings, 1, () => 0.5, 7_000)).toBe(7_500);
});
