import { describe, expect, it } from "vitest";
import { INITIAL } from "../rules/evaluate.ts";
import type { Observed } from "../rules/rule.ts";
import { MICROS_PER_SECOND } from "../time.ts";
import { type AlertRule, termsOf } from "./alert-rule.ts";
import { judgeMark, judgePoints, type Pair } from "./judge.ts";
import type { BookedRule } from "./rule-book.ts";

const micros = (seconds: number) => seconds * MICROS_PER_SECOND;
const at = (second: number, value: number, acceptedSecond = second): Observed => ({
  ...{ time: micros(second), acceptedAt: micros(acceptedSecond), value },
});

function booked(given: Partial<AlertRule> = {}): BookedRule {
  const rule: AlertRule = {
    ...{ ruleId: "rul_1", name: "Hot", metricName: "t", condition: ">", threshold: 90, level: "error" },
    ...{ deviceIds: [], deviceGroups: [], evaluationWindowSeconds: 60, triggerCount: 1, cooldownMinutes: 0 },
    ...{ autoResolve: true, autoResolveTimeoutSeconds: 10, notificationChannels: ["ops"], enabled: true },
    ...{ tags: [], metadata: {}, createdAt: 0, createdBy: "key_1", updatedAt: 0 },
    ...given,
  };
  return { rule, terms: termsOf(rule) };
}

const pair: Pair = { ruleId: "rul_1", deviceId: "d1", state: INITIAL };
const loudly = () => false;

describe("judging", () => {
  it("does all that one mark makes due: what resolves may have fallen silent meanwhile", () => {
    const rule = booked({ noDataSeconds: 20 });
    const { state } = judgePoints(rule, pair, [at(0, 95)], loudly);
    const open: Pair = { ...pair, state: state ?? INITIAL, alertId: "alr_0" };
    const verdict = judgeMark(rule, open, micros(1_000), loudly);
    expect(verdict).toMatchObject({
      resolvedAt: micros(10),
      raised: { kind: "no_data", triggeredAt: micros(20), status: "active" },
      state: { open: { kind: "no_data" } },
    });
    expect(verdict.dueAt).toBeUndefined();
  });

  it("names what is next due, and forgets a pair of which nothing is", () => {
    const rule = booked();
    const raised = judgePoints(rule, pair, [at(0, 95)], loudly);
    expect(raised.dueAt).toBe(micros(10));
    const closed = judgeMark(rule, { ...pair, state: raised.state ?? INITIAL }, micros(11), loudly);
    expect(closed).toMatchObject({ resolvedAt: micros(10), dueAt: micros(10 + 2 * 60 + 300) });
    const over = { ...pair, state: closed.state ?? INITIAL };
    const dueAt = closed.dueAt ?? 0;
    expect(judgeMark(rule, over, dueAt, loudly).state).toBeDefined();
    expect(judgeMark(rule, over, dueAt + 1, loudly).state).toBeUndefined();
  });

  it("counts the breaches of an alert, and keeps the newest value whatever the order", () => {
    const { raised } = judgePoints(booked(), pair, [at(3, 97), at(1, 95), at(2, 96)], loudly);
    expect(raised).toMatchObject({ breaches: 3, currentValue: 97, lastBreachAt: micros(3) });
    const open: Pair = {
      ...{ ...pair, alertId: "alr_0" },
      state: { ...INITIAL, open: { kind: "threshold", heldAt: 0 } },
    };
    const { breached } = judgePoints(booked(), open, [at(5, 99), at(4, 98)], loudly);
    expect(breached).toEqual({ count: 2, at: micros(5), value: 99 });
  });

  it("raises an alert as its rule says, and says whether somebody had silenced it", () => {
    const silent = judgePoints(booked(), pair, [at(7, 95)], (time) => time === micros(7));
    expect(silent.raised).toEqual({
      ...{ alertId: expect.stringMatching(/^alr_/), ruleId: "rul_1", ruleName: "Hot", deviceId: "d1" },
      ...{ metricName: "t", level: "error", kind: "threshold", status: "active", condition: ">" },
      ...{ threshold: 90, notificationChannels: ["ops"], currentValue: 95, triggeredAt: micros(7) },
      ...{ breaches: 1, lastBreachAt: micros(7), silenced: true },
    });
  });

  it("writes down what came too late, and raises nothing for it", () => {
    const verdict = judgePoints(booked(), pair, [at(1, 95, 5_000), at(2, 95, 5_000)], loudly);
    expect(verdict.historical).toEqual({ count: 2, at: micros(2) });
    expect(verdict.raised).toBeUndefined();
  });
});
