import fc from "fast-check";
import { expect, it } from "vitest";
import { alignDown, formatTime, microsOf, parseTime } from "./time.ts";

it("reads what Date reads, and keeps the microseconds that Date drops", () => {
  expect(parseTime("2025-12-18T10:00:00Z")).toBe(microsOf(Date.UTC(2025, 11, 18, 10)));
  expect(parseTime("2025-12-18T10:00:00.123456Z")).toBe(microsOf(Date.UTC(2025, 11, 18, 10)) + 123_456);
  expect(parseTime("2025-12-18T10:00:00.1234567891Z")).toBe(microsOf(Date.UTC(2025, 11, 18, 10)) + 123_456);
});

it("applies the offset", () => {
  expect(parseTime("2025-12-18T10:00:00+02:00")).toBe(parseTime("2025-12-18T08:00:00Z"));
  expect(parseTime("2025-12-18T10:00:00.5-00:30")).toBe(parseTime("2025-12-18T10:30:00.5Z"));
});

it.each([
  "2025-12-18T10:00:00",
  "2025-12-18",
  "2025-02-30T00:00:00Z",
  "2023-02-29T00:00:00Z",
  "2025-13-01T00:00:00Z",
  "2025-01-01T24:00:00Z",
  "2025-01-01T10:60:00Z",
  "0000-01-01T00:00:00Z",
  "2025-01-01T10:00:00+25:00",
  "1766052000",
  "tomorrow",
  "",
])("refuses %j", (text) => {
  expect(parseTime(text)).toBeUndefined();
});

it("reads the leap day and the leap second", () => {
  expect(parseTime("2024-02-29T00:00:00Z")).toBe(microsOf(Date.UTC(2024, 1, 29)));
  expect(parseTime("2016-12-31T23:59:60Z")).toBe(parseTime("2016-12-31T23:59:59Z"));
});

it("formats what it reads, to the microsecond, for any time", () => {
  const range = { min: -62_135_596_800_000_000, max: Number.MAX_SAFE_INTEGER };
  fc.assert(fc.property(fc.integer(range), (time) => parseTime(formatTime(time)) === time));
  expect(formatTime(microsOf(Date.UTC(2025, 11, 18, 10)))).toBe("2025-12-18T10:00:00Z");
});

it("aligns buckets, before the epoch too", () => {
  expect(alignDown(3_700, 1_000)).toBe(3_000);
  expect(alignDown(-1, 1_000)).toBe(-1_000);
});
