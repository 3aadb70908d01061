import type { AlertRule, Level } from "../../../core/alerting/alert-rule.ts";
import type { RuleBookPages } from "../../../core/alerting/rule-book.ts";
import type { Event } from "../../../core/envelope.ts";
import type { Micros } from "../../../core/time.ts";
import type { Deed, Tell } from "./alerts.ts";

/** A rule, and how often it raised an alert. */
export interface KeptRule extends AlertRule {
  totalTriggers: number;
  lastTriggered?: Micros;
}

export interface RuleFilter {
  enabled?: boolean;
  level?: Level;
  metricName?: string;
  limit: number;
  offset: number;
}

/** What changes a rule also puts `events` into the outbox, by the same commit. */
export interface Rules {
  create(rule: AlertRule, events: readonly Event[]): Promise<void>;
  find(ruleId: string): Promise<KeptRule | undefined>;
  /** Newest first. `count` is of all that the filter lets through. */
  list(filter: RuleFilter): Promise<{ rules: KeptRule[]; count: number }>;
  /** In place of the one with its id; when and by whom that was created stays. @returns the rule as it is now, if there is one */
  replace(rule: AlertRule, events: readonly Event[]): Promise<KeptRule | undefined>;
  /** @returns the rule as it is now, if there is one */
  setEnabled(
    ruleId: string,
    enabled: boolean,
    at: Micros,
    events: readonly Event[],
  ): Promise<KeptRule | undefined>;
  /** Forgets the rule, and resolves its open alerts. @returns whether there was one */
  remove(ruleId: string, events: readonly Event[], closing: { deed: Deed; tell: Tell }): Promise<boolean>;
  /** Of these groups: their devices. */
  members(groups: readonly string[]): Promise<Map<string, Set<string>>>;
  /** Cheap enough to be asked for every batch. */
  revision(): Promise<number>;
  /** Everything that evaluation needs: silences that end after `now`. */
  book(now: Micros): Promise<RuleBookPages>;
}
