import { describe, expect, it } from "vitest";
import { atLeastOfFloor, below, ms, perSecond, type Row, together } from "./claim.ts";
import { tableOf, withResults } from "./table.ts";

const slow: Row = { claim: "slow", ours: 60, unit: ms, reach: below(50, ms), ids: ["NFR-002"] };
const fast: Row = { ...slow, claim: "fast", ours: 4.5678, p50: 1 };
const rate: Row = { claim: "rate", ours: 45_678, floor: 50_000, unit: perSecond, reach: atLeastOfFloor(0.9) };
const lines = (...rows: Row[]) =>
  tableOf(rows)
    .split("\n")
    .slice(2)
    .map((line) => line.replace(/ +/g, " "));

describe("the table", () => {
  it("shows ours beside the floor, with the ratio and the verdict", () => {
    expect(lines(rate)).toEqual(["| rate | 45,678/s | 50,000/s | 0.91 | ≥ 0.9 of the floor | met | |"]);
  });

  it("names a requirement in brackets where its limit is met, and not where it is missed", () => {
    expect(lines(fast, slow)).toEqual([
      "| fast | 4.57 ms (p50 1.00 ms) | | | < 50.0 ms | met | [NFR-002] |",
      "| slow | 60.0 ms | | | < 50.0 ms | missed | |",
    ]);
  });

  it("gives no verdict without a reach", () => {
    expect(lines({ ...rate, reach: undefined })).toEqual(["| rate | 45,678/s | 50,000/s | 0.91 | | | |"]);
  });
});

describe("together", () => {
  const [a, b] = [
    { ...fast, ids: ["E3-US2 AC5"] },
    { ...fast, ids: [] },
  ];

  it("adds an id to every row if all of them are met, beside those that they have", () => {
    expect(together(["NFR-002"], [a, b]).map(({ ids }) => ids)).toEqual([
      ["E3-US2 AC5", "NFR-002"],
      ["NFR-002"],
    ]);
  });

  it("passes over rows that stand for no limit", () => {
    expect(together(["NFR-002"], [a, { ...slow, ids: undefined }]).map(({ ids }) => ids)).toEqual([
      ["E3-US2 AC5", "NFR-002"],
      undefined,
    ]);
  });

  it("adds it to none if one of them is not", () => {
    expect(together(["NFR-002"], [a, { ...slow, ids: [] }]).map(({ ids }) => ids)).toEqual([
      ["E3-US2 AC5"],
      [],
    ]);
  });
});

describe("withResults", () => {
  const begin = "<!-- npm run bench -- --write: begin -->";

  it("replaces what stands between the marks, and nothing else", () => {
    const document = `before\n${begin}\nold\n<!-- end -->\nafter`;
    expect(withResults(document, "new")).toBe(`before\n${begin}\n\nnew\n\n<!-- end -->\nafter`);
  });

  it("refuses a document without the marks", () => {
    expect(() => withResults("nothing", "new")).toThrow("bench/README.md");
  });
});
