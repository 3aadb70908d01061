import fc from "fast-check";
import { expect, it } from "vitest";
import { anyJson } from "../../test/arbitraries.ts";
import { faultInJson, isDeeperThan } from "./json.ts";

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
  expect(faultInJson(new Array(500).fill(1), limits)).toBe("larger than 1000 bytes");
});

it("never takes a value for smaller than it is written, nor for much larger", () => {
  const anything = { maxBytes: 1_000_000, maxDepth: 100 };
  fc.assert(
    fc.property(anyJson, (value) => {
      fc.pre(faultInJson(value, anything) === undefined);
      const bytes = Buffer.byteLength(JSON.stringify(value));
      const containers = (JSON.stringify(value).match(/[[{]/g) ?? []).length;
      expect(faultInJson(value, { ...anything, maxBytes: bytes - 1 })).toBe(`larger than ${bytes - 1} bytes`);
      expect(faultInJson(value, { ...anything, maxBytes: bytes + 2 * containers + 1 })).toBeUndefined();
    }),
  );
});

it("tells how deep something is without looking further than it must", () => {
  expect(isDeeperThan([[[]]], 2)).toBe(false);
  expect(isDeeperThan([[[1]]], 2)).toBe(true);
  expect(isDeeperThan("text", 0)).toBe(false);
  expect(isDeeperThan(JSON.parse("[".repeat(100_000) + "]".repeat(100_000)), 64)).toBe(true);
});

it("refuses text that no store takes, in values and in keys", () => {
  const fault = "holds a NUL character or half of a surrogate pair";
  expect(faultInJson(["a\u0000b"], limits)).toBe(fault);
  expect(faultInJson({ "\ud800": 1 }, limits)).toBe(fault);
  expect(faultInJson("😀", limits)).toBeUndefined();
});
