import fc from "fast-check";
import { expect, it } from "vitest";
import { anyJson, anyText } from "../../../test/arbitraries.ts";
import { textsIn, WORD_LIMITS, wordsOf } from "./words.ts";

it.each([
  ["Disk /dev/sda1 is 97.5% full!", ["disk", "dev", "sda1", "is", "97", "5", "full"]],
  ["user_id='x' OR 1=1; --", ["user", "id", "x", "or", "1"]],
  ["STRASSE Straße", ["strasse"]],
  ["ΟΔΟΣ οδος", ["οδος"]],
  ["cafe\u0301 CAFÉ", ["café"]],
  ["ＦＵＬＬ width", ["full", "width"]],
  ["发生错误 error", ["发", "生", "错", "误", "error"]],
  ["😀 % _ \\ \" ' \u0000", []],
])("finds the words of %j", (text, words) => {
  expect(wordsOf([text])).toEqual(words);
});

it("makes nothing but letters, marks and digits in lower case of any text, and the same of the text in capitals", () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      const words = wordsOf([text]);
      expect(words.every((word) => /^[\p{L}\p{N}\p{M}]+$/u.test(word))).toBe(true);
      expect(wordsOf([text.normalize("NFKC").toUpperCase()])).toEqual(words);
    }),
  );
});

it("keeps the beginning of a word that is too long", () => {
  expect(wordsOf(["x".repeat(1_000_000)])).toEqual(["x".repeat(WORD_LIMITS.longest)]);
});

it("stops before there are too many", () => {
  const words = wordsOf([Array.from({ length: 200_000 }, (_, i) => `word${i}`).join(" ")]);
  expect(words.join("").length).toBeGreaterThan(WORD_LIMITS.bytes - 20);
  expect(words.join("").length).toBeLessThanOrEqual(WORD_LIMITS.bytes);
});

it("finds every value in JSON and no key", () => {
  expect(textsIn({ a: ["b", { c: 1.5, d: null }], e: true, f: {} })).toEqual(["b", "1.5", "true"]);
});

it("finds values however deep they are, and in any JSON", () => {
  let deep: unknown = "bottom";
  for (let i = 0; i < 100_000; i++) deep = [deep];
  expect(textsIn(deep)).toEqual(["bottom"]);
  fc.assert(fc.property(anyJson, (json) => textsIn(json).every((text) => typeof text === "string")));
});
