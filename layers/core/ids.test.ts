import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { anyText } from "../../test/arbitraries.ts";
import { type IdPrefix, newEventId, newId, sha256, stableHash } from "./ids.ts";

it.each<IdPrefix>(["met", "rul", "alr", "sub", "key", "sil"])("makes ids behind the prefix %s", (prefix) => {
  expect(newId(prefix)).toMatch(new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{16}$`));
});

it("makes no id twice", () => {
  const count = 10_000;
  expect(new Set(Array.from({ length: count }, () => newId("key"))).size).toBe(count);
  expect(new Set(Array.from({ length: count }, newEventId)).size).toBe(count);
});

it("uses every letter in every place, so that an id holds its 80 bits", () => {
  const seen = Array.from({ length: 16 }, () => new Set<string>());
  for (let i = 0; i < 2_000; i++) {
    for (const [at, letter] of [...newId("key").slice(4)].entries()) seen[at]?.add(letter);
  }
  expect(seen.map(({ size }) => size)).toEqual(new Array(16).fill(32));
});

it("hashes as FNV-1a does, for ever", () => {
  // The test vectors of draft-eastlake-fnv, section 6, as signed integers.
  expect(["", "a", "foobar"].map(stableHash)).toEqual([0x811c9dc5 | 0, 0xe40c292c | 0, 0xbf9cf968 | 0]);
});

it("hashes any text to an integer that fits PostgreSQL's", () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      const hash = stableHash(text);
      return Number.isInteger(hash) && hash >= -(2 ** 31) && hash < 2 ** 31;
    }),
  );
});

it("digests text as UTF-8", () => {
  expect(sha256("é")).toEqual(
    createHash("sha256")
      .update(Buffer.from([0xc3, 0xa9]))
      .digest(),
  );
});
