import { describe, expect, it } from "vitest";
import { coverageOf, formatCoverage } from "./report.ts";
import type { Requirement } from "./requirement-list.ts";
import { passedTests } from "./results.ts";

const requirement = (id: string, standIn = ""): Requirement => ({ id, text: `text of ${id}`, standIn });

const requirements = [
  requirement("BUS-01"),
  requirement("BUS-02"),
  requirement("E1-US1 AC1"),
  requirement("NFR-004", "it rests on BUS-01 and E1-US1 AC1"),
];

const coverage = (proved: string[], mentioned: { id: string; where: string }[] = []) =>
  coverageOf({
    requirements,
    known: new Set(requirements.map(({ id }) => id)),
    mentioned,
    proved: new Set(proved),
  });

describe("what is proved", () => {
  it("is counted by group, and the rest named", () => {
    const { groups, open } = coverage(["BUS-02"]);
    expect(groups.get("BUS")).toEqual({ proved: 1, standIn: 0, open: 1 });
    expect(open.map(({ id }) => id)).toEqual(["BUS-01", "E1-US1 AC1", "NFR-004"]);
  });

  it("counts for what rests on it, once all of it is there", () => {
    expect(coverage(["BUS-01"]).groups.get("NFR")).toEqual({ proved: 0, standIn: 0, open: 1 });
    const both = coverage(["BUS-01", "E1-US1 AC1"]);
    expect(both.groups.get("NFR")).toEqual({ proved: 0, standIn: 1, open: 0 });
    expect(coverage(["NFR-004"]).groups.get("NFR")).toEqual({ proved: 1, standIn: 0, open: 0 });
  });

  it("holds no id that is in no table", () => {
    const stray = { id: "BUS-99", where: "test/a.test.ts:7" };
    expect(coverage(["BUS-99"], [{ id: "BUS-01", where: "test/a.test.ts:1" }, stray]).unknown).toEqual([
      stray,
    ]);
  });

  it("is printed so that one sees what is left", () => {
    const stray = { id: "BUS-99", where: "test/a.test.ts:7" };
    expect(formatCoverage(coverage(["BUS-01", "E1-US1 AC1"], [stray]))).toBe(
      [
        "BUS     1 of 2 proved",
        "E1      1 of 1 proved",
        "NFR     0 of 1 proved, 1 by what stands in",
        "",
        "Proved by no test (1):",
        "  BUS-02       text of BUS-02",
        "",
        "In names, and in no table of docs/requirements.md:",
        "  BUS-99       test/a.test.ts:7",
        "",
      ].join("\n"),
    );
  });
});

describe("a run's results", () => {
  const result = (title: string, status: string) => ({ ancestorTitles: ["group [BUS-01]"], title, status });

  it("prove what passed, by its own name and its groups'", () => {
    const assertionResults = [result("a [BUS-02]", "passed"), result("b", "failed"), result("c", "skipped")];
    expect(passedTests({ testResults: [{ name: "a.test.ts", assertionResults }] })).toEqual([
      { file: "a.test.ts", titles: ["group [BUS-01]", "a [BUS-02]"] },
    ]);
  });

  it("are refused when they are something else", () => {
    expect(() => passedTests({ tests: [] })).toThrow("testResults");
  });
});
