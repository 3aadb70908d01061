import { expect, it } from "vitest";
import { faultInJson } from "./json.ts";

const limits = { maxBytes: 1_000, maxDepth: 5 };

it("finds nothing wrong with ordinary JSON", () => {
  expect(faultInJson({ a: [1, "two", null, { b: true }] }, limits)).toBeUndefined();
});

it("survives nesting a hundred thousand deep and says so [NFR-009]", () => {
  const deep: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
  expect(faultInJson(deep, limits)).toBe("nested deeper than 5 levels");
});

it("refuses 1e999 wherever it hides", () => {
  expect(faultInJson(JSON.parse('{"a":[{"b":-1e999}]}'), limits)).toBe("holds a number that is not finite");
});

it("measures strings, keys and arrays", () => {
  expect(faultInJson("x".repeat(999), limits)).toBe("larger than 1000 bytes");
  expect(faultInJson({ ["k".repeat(999)]: 1 }, limits)).toBe("larger than 1000 bytes");
  expect(faultInJson(new Array(200).fill(1), limits)).toBe("larger than 1000 bytes");
});

it("refuses text that no store takes, in values and in keys", () => {
  const fault = "holds a NUL character or half of a surrogate pair";
  expect(faultInJson(["a\u0000b"], limits)).toBe(fault);
  expect(faultInJson({ "\ud800": 1 }, limits)).toBe(fault);
  expect(faultInJson("😀", limits)).toBeUndefined();
});
