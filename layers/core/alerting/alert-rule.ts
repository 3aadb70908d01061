import * as z from "zod";
import { severities } from "../paging.ts";
import type { Condition, RuleTerms } from "../rules/rule.ts";
import type { Micros } from "../time.ts";

export const levels = severities;
export type Level = (typeof levels)[number];

export const ruleIdSchema = z.string().regex(/^rul_[a-z0-9_]{1,64}$/, "expected the id of a rule: rul_…");

/** When which devices are to raise an alert, and who is told. */
export interface AlertRule {
  ruleId: string;
  name: string;
  description?: string;
  /** The whole name of a series: `cpu{core="0"}` is not `cpu`. */
  metricName: string;
  condition: Condition;
  threshold: number;
  /** The devices it is for, beside those of its groups; all, where both are empty. */
  deviceIds: readonly string[];
  deviceGroups: readonly string[];
  evaluationWindowSeconds: number;
  triggerCount: number;
  level: Level;
  /** Names or kinds of channels; where it is empty, the channels say themselves what they listen to. */
  notificationChannels: readonly string[];
  cooldownMinutes: number;
  autoResolve: boolean;
  autoResolveTimeoutSeconds: number;
  /** See `RuleTerms`. */
  recoveryThreshold?: number;
  /** See `RuleTerms`. */
  noDataSeconds?: number;
  enabled: boolean;
  tags: readonly string[];
  metadata: Readonly<Record<string, unknown>>;
  createdAt: Micros;
  createdBy: string;
  updatedAt: Micros;
}

/** What the rule's evaluation depends on. */
export function termsOf(rule: AlertRule): RuleTerms {
  const { condition, threshold, triggerCount, evaluationWindowSeconds } = rule;
  return {
    ...{ condition, threshold, triggerCount, evaluationWindowSeconds },
    cooldownSeconds: rule.cooldownMinutes * 60,
    autoResolveSeconds: rule.autoResolve ? rule.autoResolveTimeoutSeconds : undefined,
    recoveryThreshold: rule.recoveryThreshold,
    noDataSeconds: rule.noDataSeconds,
  };
}

/** While it lasts, alerts that it fits are raised and told to nobody. */
export interface Silence {
  silenceId: string;
  /** Empty lists fit everything. */
  ruleIds: readonly string[];
  deviceIds: readonly string[];
  levels: readonly Level[];
  startsAt: Micros;
  /** Exclusive. */
  endsAt: Micros;
  reason: string;
  createdAt: Micros;
  createdBy: string;
}

export function isSilenced(
  silences: readonly Silence[],
  { ruleId, level }: Pick<AlertRule, "ruleId" | "level">,
  deviceId: string,
  at: Micros,
): boolean {
  return silences.some(
    (silence) =>
      at >= silence.startsAt &&
      at < silence.endsAt &&
      fits(silence.ruleIds, ruleId) &&
      fits(silence.deviceIds, deviceId) &&
      fits(silence.levels, level),
  );
}

const fits = (list: readonly string[], name: string): boolean => list.length === 0 || list.includes(name);
