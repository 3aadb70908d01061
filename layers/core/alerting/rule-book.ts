import { holds, type RuleTerms } from "../rules/rule.ts";
import type { Micros } from "../time.ts";
import { type AlertRule, isSilenced, type Silence, termsOf } from "./alert-rule.ts";

/** All that evaluation must know of the rules, as of one moment. */
export interface RuleBookPages {
  /** Grows with every change of a rule, a silence or a group. */
  revision: number;
  /** Those that are enabled. */
  rules: readonly AlertRule[];
  /** Those that have not ended. */
  silences: readonly Silence[];
  /** Of the groups that rules name: their devices. */
  groups: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A rule with what evaluation asks of it, worked out once. */
export interface BookedRule {
  rule: AlertRule;
  terms: RuleTerms;
}

interface OfMetric {
  forAll: BookedRule[];
  byDevice: Map<string, BookedRule[]>;
}

/** The enabled rules, found by metric and device without a look at any other: most points are of no interest. */
export class RuleBook {
  readonly revision: number;
  readonly #byId = new Map<string, BookedRule>();
  readonly #byMetric = new Map<string, OfMetric>();
  readonly #silences: readonly Silence[];

  constructor({ revision, rules, silences, groups }: RuleBookPages) {
    this.revision = revision;
    this.#silences = silences;
    for (const rule of rules) this.#enter({ rule, terms: termsOf(rule) }, groups);
  }

  /** Of a rule that is enabled. */
  find(ruleId: string): BookedRule | undefined {
    return this.#byId.get(ruleId);
  }

  /** The rules to which this value means anything at all: it holds an alert, or ends a silence. */
  concerning(metricName: string, deviceId: string, value: unknown): BookedRule[] {
    const ofMetric = this.#byMetric.get(metricName);
    if (!ofMetric || typeof value !== "number") return [];
    const { forAll, byDevice } = ofMetric;
    const own = byDevice.get(deviceId);
    const concerned = ({ terms }: BookedRule) => terms.noDataSeconds !== undefined || holds(terms, value);
    return own ? [...forAll.filter(concerned), ...own.filter(concerned)] : forAll.filter(concerned);
  }

  isSilenced(rule: AlertRule, deviceId: string, at: Micros): boolean {
    return this.#silences.length > 0 && isSilenced(this.#silences, rule, deviceId, at);
  }

  #enter(booked: BookedRule, groups: RuleBookPages["groups"]): void {
    const { ruleId, metricName, deviceIds, deviceGroups } = booked.rule;
    this.#byId.set(ruleId, booked);
    const ofMetric: OfMetric = this.#byMetric.get(metricName) ?? { forAll: [], byDevice: new Map() };
    this.#byMetric.set(metricName, ofMetric);
    if (deviceIds.length === 0 && deviceGroups.length === 0) {
      ofMetric.forAll.push(booked);
      return;
    }
    const devices = new Set([
      ...deviceIds,
      ...deviceGroups.flatMap((group) => [...(groups.get(group) ?? [])]),
    ]);
    for (const deviceId of devices) {
      const rules = ofMetric.byDevice.get(deviceId);
      if (rules) rules.push(booked);
      else ofMetric.byDevice.set(deviceId, [booked]);
    }
  }
}
