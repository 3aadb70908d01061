import { describe, expect, it } from "vitest";
import { moreSevere, pageFor, paging, severities } from "./paging.ts";

describe("the table of paging", () => {
  it.each([
    ["alert.triggered", {}, "single", "warning"],
    ["alert.triggered", { silenced: true }, "nobody", "warning"],
    ["alert.resolved", { silenced: true }, "nobody", "warning"],
    ["alert.triggered", { silenced: false }, "single", "warning"],
    ["alert.triggered", { level: "emergency" }, "single", "emergency"],
    ["alert.acknowledged", {}, "acknowledges", "warning"],
    ["alert.resolved", { severity: "critical" }, "resolves", "critical"],
    ["alert.rule.created", { level: "critical" }, "nobody", "critical"],
    ["alert.triggered.again", {}, "nobody", "info"],
    ["api.error", {}, "grouped", "error"],
    ["api.error", { severity: "info" }, "nobody", "info"],
    ["api.errors", {}, "grouped", "error"],
    ["edge.disk.low", {}, "grouped", "warning"],
    ["edge.disk.low", { severity: "critical" }, "grouped", "critical"],
    ["edge.data.dropped", {}, "grouped", "error"],
    ["edge.started", {}, "nobody", "info"],
    ["edge.started", { level: "warn" }, "grouped", "warning"],
    ["shop.checkout.failed", {}, "grouped", "error"],
  ] as const)("makes of %s with %j: %s, %s", (type, data, handling, severity) => {
    expect(pageFor(type, data)).toEqual({ handling, severity });
  });

  it.each([
    [undefined],
    [null],
    ["critical"],
    [[]],
    [{ severity: 5 }],
    [{ level: "loud" }],
    [{ severity: "toString" }],
  ])("takes the row's severity where the data say none: %j", (data) => {
    expect(pageFor("api.error", data).severity).toBe("error");
  });

  it("reads a severity however it is spelled", () => {
    const read = ["WARN", "Fatal", "err", "CRITICAL"].map(
      (severity) => pageFor("api.error", { severity }).severity,
    );
    expect(read).toEqual(["warning", "critical", "error", "critical"]);
  });

  it("ends with a row for every type, and has none that another hides", () => {
    expect(paging.at(-1)?.type).toBe("");
    const hidden = paging.filter(({ type }, at) =>
      paging.slice(0, at).some((earlier) => earlier.type.endsWith(".") && type.startsWith(earlier.type)),
    );
    expect(hidden).toEqual([]);
  });
});

it("orders severities", () => {
  expect(severities.reduce(moreSevere)).toBe("emergency");
  expect(moreSevere("critical", "warning")).toBe("critical");
});
