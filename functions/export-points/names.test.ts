import { expect, it } from "vitest";
import { namesIn } from "./names.ts";

it.each([
  ["a", ["a"]],
  ["a,b,a", ["a", "b"]],
  [" a , b ,", ["a", "b"]],
  ["", []],
  [",,", []],
  ['cpu{core="0",host="a"},memory', ['cpu{core="0",host="a"}', "memory"]],
  [String.raw`a{b="},\"{,"},c`, [String.raw`a{b="},\"{,"}`, "c"]],
  ['a{b="', ['a{b="']],
])("reads the names in %j", (list, names) => {
  expect(namesIn(list)).toEqual(names);
});

it("takes a long list that closes nothing in a moment", () => {
  const startedAt = performance.now();
  namesIn('{"'.repeat(5_000));
  namesIn("{".repeat(10_000));
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
