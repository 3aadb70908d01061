import { alertEvent } from "../../../core/alerting/alert-event.ts";
import type { AlertRule, Silence } from "../../../core/alerting/alert-rule.ts";
import { judgeMark, judgePoints, type Pair, type Verdict } from "../../../core/alerting/judge.ts";
import { RuleBook } from "../../../core/alerting/rule-book.ts";
import type { Observed } from "../../../core/rules/rule.ts";
import { MICROS_PER_SECOND, type Micros, microsOf } from "../../../core/time.ts";
import type { Tell } from "../port/alerts.ts";
import type { Registry } from "../port.ts";

export const NOON: Micros = microsOf(Date.UTC(2026, 6, 7, 12));
export const seconds = (number: number): Micros => NOON + number * MICROS_PER_SECOND;

export const ruleOf = (given: Partial<AlertRule> = {}): AlertRule => ({
  ...{ ruleId: "rul_hot", name: "Too hot", metricName: "temperature", condition: ">", threshold: 90 },
  ...{ deviceIds: [], deviceGroups: [], evaluationWindowSeconds: 300, triggerCount: 1, level: "warning" },
  ...{
    notificationChannels: ["ops"],
    cooldownMinutes: 15,
    autoResolve: true,
    autoResolveTimeoutSeconds: 600,
  },
  ...{ enabled: true, tags: [], metadata: {}, createdAt: NOON, createdBy: "key_1", updatedAt: NOON },
  ...given,
});

export const silenceOf = (given: Partial<Silence> = {}): Silence => ({
  ...{ silenceId: "sil_1", ruleIds: [], deviceIds: [], levels: [], reason: "maintenance" },
  ...{ startsAt: NOON, endsAt: seconds(3_600), createdAt: NOON, createdBy: "key_1" },
  ...given,
});

export const tellWith =
  (what: "acknowledged" | "resolved"): Tell =>
  (alert) =>
    alertEvent(what, alert, { time: NOON, correlationId: "c-1" });

export const observed = (second: number, value: number): Observed => ({
  time: seconds(second),
  acceptedAt: seconds(second),
  value,
});

interface Judgement {
  /** A number of its own makes a message new to the inbox. */
  message: string;
  points?: Readonly<Record<string, readonly Observed[]>>;
  mark?: Micros;
}

/** Judges as the consumer does: in the inbox's transaction, once per message, for one rule and some devices. */
export async function judge(registry: Registry, rule: AlertRule, { message, points, mark }: Judgement) {
  const book = new RuleBook({ revision: 1, rules: [rule], silences: [], groups: new Map() });
  const booked = book.find(rule.ruleId);
  if (!booked) throw new Error("expected the rule in its book");
  const entries = [{ identity: message, time: microsOf(Date.now()) }];
  return registry.inbox.once("telemetry.rules", entries, { kind: "batches" }, async ([verdict], effects) => {
    if (verdict !== "fresh") return [];
    const decide = (pairs: readonly Pair[]): Verdict[] =>
      pairs.map((pair) =>
        mark === undefined
          ? judgePoints(booked, pair, points?.[pair.deviceId] ?? [], () => false)
          : judgeMark(booked, pair, mark, () => false),
      );
    const { ruleId } = rule;
    const devices = Object.keys(points ?? {}).map((deviceId) => ({ ruleId, deviceId }));
    const due = mark === undefined ? devices : await dueEverywhere(effects.judging, mark);
    return effects.judging.judge(due, decide);
  });
}

type Judging = Parameters<Parameters<Registry["inbox"]["once"]>[3]>[1]["judging"];

async function dueEverywhere(judging: Judging, mark: Micros) {
  const partitions = Array.from({ length: 16 }, (_, partition) => judging.due(partition, mark, 100));
  return (await Promise.all(partitions)).flat();
}
