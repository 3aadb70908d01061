import { advance, INITIAL, observe, type PairState } from "../../layers/core/rules/evaluate.ts";
import type { Condition, RuleTerms } from "../../layers/core/rules/rule.ts";
import { MICROS_PER_SECOND } from "../../layers/core/time.ts";

/** Prometheus asks a rule at every step, and there is a sample at each. */
export const STEP_SECONDS = 15;

/** A rule that both can say, and the values that one device reports, a step apart. */
export interface Timeline {
  name: string;
  condition: Condition;
  threshold: number;
  triggerCount: number;
  /** Of at least one step where more than one breach is asked for. */
  windowSeconds: number;
  /** Whole steps. */
  resolveSeconds: number;
  values: readonly number[];
}

const termsOf = ({ condition, threshold, triggerCount, ...seconds }: Timeline): RuleTerms => ({
  ...{ condition, threshold, triggerCount, cooldownSeconds: 0 },
  evaluationWindowSeconds: seconds.windowSeconds,
  autoResolveSeconds: seconds.resolveSeconds,
});

/** Whether an alert of ours is open at each step. */
export function openAt(timeline: Timeline): boolean[] {
  const terms = termsOf(timeline);
  let state: PairState = INITIAL;
  return timeline.values.map((value, step) => {
    const time = step * STEP_SECONDS * MICROS_PER_SECOND;
    state = advance(terms, state, time).state;
    state = observe(terms, state, [{ time, acceptedAt: time, value }]).state;
    return state.open !== undefined;
  });
}

/** The same rule in Prometheus' words. A range that ends between two steps begins with the same one in 2 and in 3. */
export function promRule({
  name,
  condition,
  threshold,
  triggerCount,
  windowSeconds,
  resolveSeconds,
}: Timeline) {
  const breach = `value{timeline="${name}"} ${condition} ${threshold}`;
  const range = `[${windowSeconds + 1}s:${STEP_SECONDS}s]`;
  const expr = triggerCount === 1 ? breach : `count_over_time((${breach})${range}) >= ${triggerCount}`;
  return { alert: name, expr, keep_firing_for: `${resolveSeconds}s` };
}
