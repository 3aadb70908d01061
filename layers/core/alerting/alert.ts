import type { Condition } from "../rules/rule.ts";
import type { Micros } from "../time.ts";
import type { Level } from "./alert-rule.ts";

export const alertStatuses = ["active", "acknowledged", "resolved"] as const;
export type AlertStatus = (typeof alertStatuses)[number];

/** A rule that held for a device. The rule as it was when the alert was raised: it may have changed since. */
export interface Alert {
  alertId: string;
  ruleId: string;
  ruleName: string;
  deviceId: string;
  metricName: string;
  level: Level;
  /** `threshold`: values breached it. `no_data`: the device fell silent. */
  kind: "threshold" | "no_data";
  status: AlertStatus;
  condition: Condition;
  threshold: number;
  notificationChannels: readonly string[];
  /** Of the newest breach; a silence has none. */
  currentValue?: number;
  /** The time of the breach that raised it, or at which the silence had lasted long enough. */
  triggeredAt: Micros;
  /** How many points breached while it was open, the ones that raised it as one. */
  breaches: number;
  lastBreachAt: Micros;
  /** Somebody had silenced it when it was raised: nobody was told. */
  silenced: boolean;
  acknowledgedBy?: string;
  acknowledgedAt?: Micros;
  acknowledgementNote?: string;
  /** Who resolved it; `auto` if nothing held it any more, `rule` if its rule was deleted, `device` if its device was. */
  resolvedBy?: string;
  resolvedAt?: Micros;
  resolutionNote?: string;
}

/** What alerts resolve by that nobody resolves. */
export const AUTO = "auto";
