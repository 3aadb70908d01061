import { newId } from "../ids.ts";
import {
  advance,
  type Change,
  type Evaluation,
  isForgettable,
  observe,
  type PairState,
} from "../rules/evaluate.ts";
import { horizonOf, type Observed, type RuleTerms } from "../rules/rule.ts";
import type { Micros } from "../time.ts";
import type { Alert } from "./alert.ts";
import type { BookedRule } from "./rule-book.ts";

/** One rule and one device: see `evaluate.ts`. */
export interface Pair {
  ruleId: string;
  deviceId: string;
  state: PairState;
  /** The open alert, if there is one. */
  alertId?: string;
}

/** What came of judging a pair. What was open before may be breached and resolved, and only then another raised. */
export interface Verdict {
  ruleId: string;
  deviceId: string;
  /** None if it may be forgotten. */
  state: PairState | undefined;
  /** Beyond which mark something is due; never if it is left out. */
  dueAt?: Micros;
  breached?: Breaches & { value: number };
  resolvedAt?: Micros;
  raised?: Alert;
  /** Breaches that are recorded and page nobody. */
  historical?: Breaches;
}

export interface Breaches {
  count: number;
  /** Of the newest. */
  at: Micros;
}

/** Tells whether somebody has silenced what is raised. */
export type IsSilenced = (at: Micros) => boolean;

/** Takes in what the device reported. */
export function judgePoints(
  { rule, terms }: BookedRule,
  pair: Pair,
  points: readonly Observed[],
  isSilenced: IsSilenced,
): Verdict {
  const evaluation = observe(terms, pair.state, points);
  return verdictOf({ rule, terms }, pair, evaluation, isSilenced);
}

/** Does all that is due by the mark: what is resolved may have fallen silent meanwhile. */
export function judgeMark(booked: BookedRule, pair: Pair, mark: Micros, isSilenced: IsSilenced): Verdict {
  const changes: Change[] = [];
  let { state } = pair;
  for (let step = advance(booked.terms, state, mark); step.changes.length > 0; ) {
    changes.push(...step.changes);
    state = step.state;
    step = advance(booked.terms, state, mark);
  }
  const verdict = verdictOf(booked, pair, { state, changes }, isSilenced);
  return isForgettable(booked.terms, state, mark) ? { ...verdict, state: undefined } : verdict;
}

function verdictOf(
  booked: BookedRule,
  { ruleId, deviceId }: Pair,
  { state, changes }: Evaluation,
  isSilenced: IsSilenced,
): Verdict {
  const verdict: Verdict = { ruleId, deviceId, state, dueAt: dueAt(booked.terms, state) };
  for (const change of changes) {
    switch (change.kind) {
      case "raised":
        verdict.raised = newAlert(booked, deviceId, change, isSilenced);
        break;
      case "resolved":
        verdict.resolvedAt = change.at;
        break;
      case "historical":
        verdict.historical = oneMore(verdict.historical, change.at);
        break;
      case "breached":
        breach(verdict, change);
    }
  }
  return verdict;
}

function breach(verdict: Verdict, { at, value }: Extract<Change, { kind: "breached" }>): void {
  const { raised, breached } = verdict;
  if (!raised) {
    const newest = breached !== undefined && breached.at > at ? breached.value : value;
    verdict.breached = { ...oneMore(breached, at), value: newest };
    return;
  }
  raised.breaches++;
  if (at < raised.lastBreachAt) return;
  raised.lastBreachAt = at;
  raised.currentValue = value;
}

const oneMore = (before: Breaches | undefined, at: Micros): Breaches => ({
  count: (before?.count ?? 0) + 1,
  at: Math.max(before?.at ?? at, at),
});

function newAlert(
  { rule }: BookedRule,
  deviceId: string,
  { alert: kind, at, value }: Extract<Change, { kind: "raised" }>,
  isSilenced: IsSilenced,
): Alert {
  const { ruleId, name, metricName, level, condition, threshold, notificationChannels } = rule;
  const alert: Alert = {
    ...{ alertId: newId("alr"), ruleId, ruleName: name, deviceId, metricName, level, kind, status: "active" },
    ...{ condition, threshold, notificationChannels, triggeredAt: at, breaches: 1, lastBreachAt: at },
    silenced: isSilenced(at),
  };
  if (value !== undefined) alert.currentValue = value;
  return alert;
}

/** When the pair must be looked at, though its device says nothing: to do what is due, or to be forgotten. */
function dueAt(terms: RuleTerms, state: PairState): Micros | undefined {
  const [next] = advance(terms, state, Number.MAX_SAFE_INTEGER).changes;
  if (next) return next.at;
  if (state.open || terms.noDataSeconds !== undefined) return undefined;
  const cooledAt = (state.raisedAt ?? Number.MIN_SAFE_INTEGER) + terms.cooldownSeconds * 1_000_000;
  return Math.max(state.countFrom, cooledAt, ...state.breaches) + horizonOf(terms);
}
