// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts are sources
import { describe, expect, it } from "vitest";
import { idsInTables, idsOf, titlesIn } from "./titles.ts";

describe("the titles in a source", () => {
  it.each([
    ['it("a", () => {});', ["a"]],
    ["test('a', () => {});", ["a"]],
    ['describe("a", () => { it("b", () => {}); });', ["a", "b"]],
    ['it.only("a", () => {});', ["a"]],
    ['it.each([1, 2])("a %i", () => {});', ["a %i"]],
    ['it.each<[string, () => Map<string, number>]>([["(", x]])("a", () => {});', ["a"]],
    ['it.each(rows.map(({ a }) => [a, f(")")] as const))(\n  "a",\n  () => {},\n);', ["a"]],
    ['it.each`a | b\n${1} | ${2}`("a", () => {});', ["a"]],
    ['it.for(rows)("a", () => {});', ["a"]],
    ['describe.each(backends)("a", () => {});', ["a"]],
    ['it.concurrent.each(rows)("a", () => {});', ["a"]],
    ['it.runIf(linux)("a", () => {});', ["a"]],
    ["it(`a ${b} [BUS-01]`, () => {});", ["a … [BUS-01]"]],
    ['it("a " + "b", () => {});', ["a b"]],
    ['it("a " + b, () => {});', ["a …"]],
    ['it("a [BUS-01]", { timeout: 1 }, () => {});', ["a [BUS-01]"]],
  ])("of %j", (source, titles) => {
    expect(titlesIn(source).map(({ title }) => title)).toEqual(titles);
  });

  it.each([
    'it.skip("a", () => {});',
    'it.todo("a");',
    'describe.skip("a", () => {});',
    '// it("a", () => {});',
    "const text = 'it(\"a\")';",
    "it(name, () => {});",
    'pattern.test("a");',
    'this.it("a");',
  ])("are none in %j", (source) => {
    expect(titlesIn(source)).toEqual([]);
  });

  it("have a line", () => {
    expect(titlesIn('\n\nit.each([\n1,\n])("a", f);')).toEqual([{ title: "a", line: 3 }]);
  });
});

describe("the ids of a title", () => {
  it.each([
    ["a [BUS-01]", ["BUS-01"]],
    ["a [BUS-01, E1-US1 AC2]", ["BUS-01", "E1-US1 AC2"]],
    ["a [BUS-01,FR-001] ", ["BUS-01", "FR-001"]],
    ["refuses %j [BUS-01]", ["BUS-01"]],
    ["a [E1-US1 AC1–AC4]", ["E1-US1 AC1–AC4"]],
    ["a", []],
    ["a [BUS-01] b", []],
    ["reads data_points[3]", []],
    ["takes []", []],
  ])("stand in brackets at its end: %j", (title, ids) => {
    expect(idsOf(title)).toEqual(ids);
  });
});

describe("the ids in a table", () => {
  it("stand in brackets anywhere in a row", () => {
    const markdown = [
      "Text [BUS-01].",
      "| claim [BUS-15, NFR-003] | 12 ms |",
      "| [BUS-99] [EVT-07] | [BUS-01](link) | [ms] |",
    ].join("\n");
    expect(idsInTables(markdown)).toEqual([
      { id: "BUS-15", line: 2 },
      { id: "NFR-003", line: 2 },
      { id: "BUS-99", line: 3 },
      { id: "EVT-07", line: 3 },
    ]);
  });
});
