import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readRequirements, within } from "./requirement-list.ts";

const table = (...rows: string[]) =>
  ["| id | requirement | what stands in |", "|---|---|---|", ...rows].join("\n");

describe("the list of requirements", () => {
  it("is read from the tables", () => {
    const markdown = `# Title\n\nText | BUS-09 |\n\n${table(
      "| BUS-01 | Durable `a` | |",
      "| E1-US1 AC2 | Conditions: >, < | |",
      "| NFR-004 | Uptime: 99.9% | In operation only; it rests on BUS-01 |",
    )}`;
    expect(readRequirements(markdown)).toEqual([
      { id: "BUS-01", text: "Durable `a`", standIn: "" },
      { id: "E1-US1 AC2", text: "Conditions: >, <", standIn: "" },
      { id: "NFR-004", text: "Uptime: 99.9%", standIn: "In operation only; it rests on BUS-01" },
    ]);
  });

  it("has an id once", () => {
    const markdown = table("| BUS-01 | a | |", "| BUS-01 | b | |");
    expect(() => readRequirements(markdown)).toThrow("docs/requirements.md has two rows for BUS-01");
  });

  it("rests on nothing that is not in it", () => {
    const markdown = table("| NFR-004 | a | it rests on BUS-01 |");
    expect(() => readRequirements(markdown)).toThrow("NFR-004 rests on BUS-01, which has no row");
  });

  it("can be read in part", () => {
    const requirements = readRequirements(
      table("| BUS-01 | a | |", "| E1-US1 AC1 | a | |", "| E1-US10 AC1 | a | |", "| E10-US1 AC1 | a | |"),
    );
    const ids = (...parts: string[]) => within(requirements, parts).map(({ id }) => id);
    expect(ids("BUS")).toEqual(["BUS-01"]);
    expect(ids("E1")).toEqual(["E1-US1 AC1", "E1-US10 AC1"]);
    expect(ids("E1-US1", "BUS-01")).toEqual(["BUS-01", "E1-US1 AC1"]);
    expect(ids("E10-US1 AC1")).toEqual(["E10-US1 AC1"]);
    expect(() => ids("BUZ")).toThrow('docs/requirements.md has no requirement within "BUZ"');
  });

  it("is whole: every document's requirements are in it", () => {
    const list = readRequirements(
      readFileSync(new URL("../../docs/requirements.md", import.meta.url), "utf8"),
    );
    const counts: Record<string, number> = {};
    for (const { id } of list) {
      const [group = ""] = id.split("-");
      counts[group] = (counts[group] ?? 0) + 1;
    }
    const stories = { E1: 22, E2: 19, E3: 26, E4: 39, E5: 14, E6: 22, E7: 6 };
    expect(counts).toEqual({ BUS: 22, EVT: 10, EDGE: 11, AWS: 8, ...stories, FR: 20, NFR: 12 });
  });
});
