import { MICROS_PER_SECOND, type Micros } from "../time.ts";

export const conditions = [">", "<", ">=", "<=", "==", "!="] as const;
export type Condition = (typeof conditions)[number];

/** What a rule's evaluation depends on. Durations as they are configured: in seconds. */
export interface RuleTerms {
  condition: Condition;
  threshold: number;
  /** So many breaches … */
  triggerCount: number;
  /** … whose event times lie within so long raise an alert. */
  evaluationWindowSeconds: number;
  /** After an alert was raised there is no new one for so long. */
  cooldownSeconds: number;
  /** Resolve an alert by itself once nothing has held it for so long; never where it is left out. */
  autoResolveSeconds?: number;
  /** Hysteresis: an open alert is held until a value is on the good side of this, not only of the threshold. */
  recoveryThreshold?: number;
  /** Raise an alert when a device that has reported is silent for so long. */
  noDataSeconds?: number;
}

const compare: Record<Condition, (value: number, threshold: number) => boolean> = {
  ">": (value, threshold) => value > threshold,
  "<": (value, threshold) => value < threshold,
  ">=": (value, threshold) => value >= threshold,
  "<=": (value, threshold) => value <= threshold,
  "==": (value, threshold) => value === threshold,
  "!=": (value, threshold) => value !== threshold,
};

export const breaches = ({ condition, threshold }: RuleTerms, value: number): boolean =>
  compare[condition](value, threshold);

/** Whether the value keeps an open alert open: it breaches, or has not come back past the recovery threshold. */
export const holds = ({ condition, threshold, recoveryThreshold }: RuleTerms, value: number): boolean =>
  compare[condition](value, threshold) ||
  (recoveryThreshold !== undefined && compare[condition](value, recoveryThreshold));

/** How much later than its window a point may be accepted, and still page somebody. */
const LATENESS = 300 * MICROS_PER_SECOND;

export const windowOf = ({ evaluationWindowSeconds }: RuleTerms): Micros =>
  evaluationWindowSeconds * MICROS_PER_SECOND;

/** Accepted so long after its own time that it tells of the past only: it pages nobody. */
export const isHistorical = (rule: RuleTerms, { time, acceptedAt }: Observed): boolean =>
  acceptedAt - time > windowOf(rule) + LATENESS;

/** How long a breach may still come to count together with others that arrive later. */
export const horizonOf = (rule: RuleTerms): Micros => 2 * windowOf(rule) + LATENESS;

/** A number that a device reported. */
export interface Observed {
  time: Micros;
  acceptedAt: Micros;
  value: number;
}
