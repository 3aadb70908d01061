import { expect, it } from "vitest";
import { parseDuration, parseSize } from "./units.ts";

it.each([
  ["250ms", 250],
  ["10s", 10_000],
  ["1.5h", 5_400_000],
  ["30d", 2_592_000_000],
  ["5 m", 300_000],
])("reads the duration %s", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it.each([
  ["100GB", 100e9],
  ["64MiB", 67_108_864],
  ["512B", 512],
])("reads the size %s", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

it.each(["", "10", "s", "-1s", "1e3s", "10S", "1 week", "1hour", "constructor", "1toString"])(
  "reads no %j",
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
    expect(parseSize(text)).toBeUndefined();
  },
);
