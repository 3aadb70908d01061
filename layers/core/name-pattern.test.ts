import fc from "fast-check";
import { expect, it } from "vitest";
import { matchesName } from "./name-pattern.ts";

it.each([
  ["plant1-*", "plant1-7", true],
  ["plant1-*", "plant1-", true],
  ["plant1-*", "plant10-7", false],
  ["plant1-*", "my-plant1-7", false],
  ["model.*", "model.a.b", true],
  ["model.*", "models.a", false],
  ["*", "anything", true],
  ["", "anything", false],
  ["device_001", "device_001", true],
  ["device_001", "device_0011", false],
  ["a*a", "a", false],
  ["*-a-*-b", "x-a-y-b", true],
  ["*-a-*-b", "x-b-y-a", false],
  ["a.c", "abc", false],
])("says of the pattern %j and the name %j: %s", (pattern, name, expected) => {
  expect(matchesName(pattern, name)).toBe(expected);
});

it("says what a regular expression with .* would", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", ".", "*"), maxLength: 6 });
  fc.assert(
    fc.property(pattern, text, (made, name) => {
      const expression = new RegExp(`^${made.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
      expect(matchesName(made, name)).toBe(expression.test(name));
    }),
    { numRuns: 2_000 },
  );
});
