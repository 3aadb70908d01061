import { describe, expect, it } from "vitest";
import type { AlertRule, Silence } from "./alert-rule.ts";
import { RuleBook } from "./rule-book.ts";

const rule = (ruleId: string, given: Partial<AlertRule> = {}): AlertRule => ({
  ...{ ruleId, name: ruleId, metricName: "t", condition: ">", threshold: 90, level: "error" },
  ...{ deviceIds: [], deviceGroups: [], evaluationWindowSeconds: 60, triggerCount: 1, cooldownMinutes: 0 },
  ...{ autoResolve: true, autoResolveTimeoutSeconds: 10, notificationChannels: [], enabled: true },
  ...{ tags: [], metadata: {}, createdAt: 0, createdBy: "key_1", updatedAt: 0 },
  ...given,
});

function bookOf(rules: AlertRule[], silences: Silence[] = [], groups: Record<string, string[]> = {}) {
  const sets = Object.entries(groups).map(([name, devices]) => [name, new Set(devices)] as const);
  return new RuleBook({ revision: 1, rules, silences, groups: new Map(sets) });
}

const idsOf = (book: RuleBook, metric: string, device: string, value: unknown) =>
  book.concerning(metric, device, value).map((each) => each.rule.ruleId);

describe("a rule book", () => {
  it("finds the rules of a metric for all devices, for named ones, and for those of a group, each once", () => {
    const book = bookOf(
      [
        rule("all"),
        rule("named", { deviceIds: ["d1", "d1"] }),
        rule("grouped", { deviceIds: ["d1"], deviceGroups: ["pumps", "nobody"] }),
        rule("other", { metricName: "humidity" }),
      ],
      [],
      { pumps: ["d1", "d2"] },
    );
    expect(idsOf(book, "t", "d1", 95)).toEqual(["all", "named", "grouped"]);
    expect(idsOf(book, "t", "d2", 95)).toEqual(["all", "grouped"]);
    expect(idsOf(book, "t", "d3", 95)).toEqual(["all"]);
    expect(idsOf(book, "humidity", "d3", 95)).toEqual(["other"]);
    expect(idsOf(book, "pressure", "d1", 95)).toEqual([]);
  });

  it("finds no rule for a value that means nothing to it", () => {
    const book = bookOf([
      rule("plain"),
      rule("slow", { recoveryThreshold: 80 }),
      rule("watchful", { noDataSeconds: 60 }),
    ]);
    expect(idsOf(book, "t", "d1", 91)).toEqual(["plain", "slow", "watchful"]);
    expect(idsOf(book, "t", "d1", 85)).toEqual(["slow", "watchful"]);
    expect(idsOf(book, "t", "d1", 5)).toEqual(["watchful"]);
    for (const value of ["95", true, null, { lat: 95, lon: 0 }]) {
      expect(idsOf(book, "t", "d1", value)).toEqual([]);
    }
  });

  it("is silenced by a silence that fits in all it names, while it lasts", () => {
    const silence: Silence = {
      ...{ silenceId: "sil_1", ruleIds: ["a", "b"], deviceIds: [], levels: ["error"], reason: "" },
      ...{ startsAt: 10, endsAt: 20, createdAt: 0, createdBy: "key_1" },
    };
    const book = bookOf([rule("a")], [silence]);
    const silenced = (ruleId: string, at: number, given: Partial<AlertRule> = {}) =>
      book.isSilenced(rule(ruleId, given), "d1", at);
    expect([9, 10, 19, 20].map((at) => silenced("a", at))).toEqual([false, true, true, false]);
    expect(silenced("c", 15)).toBe(false);
    expect(silenced("a", 15, { level: "critical" })).toBe(false);
  });
});
