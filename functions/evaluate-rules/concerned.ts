import type { BookedRule, RuleBook } from "../../layers/core/alerting/rule-book.ts";
import type { Observed } from "../../layers/core/rules/rule.ts";
import type { Arrival } from "./arrival.ts";

/** What one rule is to be told of one device. */
export interface Concerned {
  booked: BookedRule;
  deviceId: string;
  points: Observation[];
}

export interface Observation extends Observed {
  from: Pick<Arrival, "correlationId" | "identity">;
}

/** The pairs of rules and devices to which these measurements mean anything, each once. */
export function concernedBy(arrivals: readonly Arrival[], book: RuleBook): Concerned[] {
  const pairs = new Map<string, Concerned>();
  for (const arrival of arrivals) {
    if (arrival.kind !== "points") continue;
    const { acceptedAt, points } = arrival;
    for (const { deviceId, metricName, time, value } of points) {
      for (const booked of book.concerning(metricName, deviceId, value)) {
        const key = `${booked.rule.ruleId}\n${deviceId}`;
        const pair = pairs.get(key) ?? { booked, deviceId, points: [] };
        pairs.set(key, pair);
        pair.points.push({ time, value: value as number, acceptedAt, from: arrival });
      }
    }
  }
  return [...pairs.values()];
}
