import type { Alert, AlertStatus } from "../../../core/alerting/alert.ts";
import type { Level } from "../../../core/alerting/alert-rule.ts";
import type { Pair, Verdict } from "../../../core/alerting/judge.ts";
import type { Event } from "../../../core/envelope.ts";
import type { Micros } from "../../../core/time.ts";

export interface AlertFilter {
  status?: AlertStatus;
  level?: Level;
  deviceId?: string;
  ruleId?: string;
  /** Triggered not before; inclusive. */
  from?: Micros;
  /** Triggered before; exclusive. */
  to?: Micros;
  limit: number;
  offset: number;
}

export interface AlertPage {
  alerts: Alert[];
  /** Of all that the filter lets through, whatever the page: */
  count: number;
  /** … that are not resolved, */
  activeCount: number;
  /** … and of those the critical and worse. */
  criticalCount: number;
}

/** Who does something to an alert, and what is said of it. */
export interface Deed {
  by: string;
  at: Micros;
  note?: string;
}

/** Makes the event of what became of an alert; it is put into the outbox by the same commit. */
export type Tell = (alert: Alert) => Event;

export interface Alerts {
  find(alertId: string): Promise<Alert | undefined>;
  /** The one triggered last first. */
  list(filter: AlertFilter): Promise<AlertPage>;
  /**
   * From active to acknowledged.
   *
   * @returns the alert as it is now; `undefined` if there is none, `changed` false if it was not active any more
   */
  acknowledge(
    alertId: string,
    deed: Deed,
    tell: Tell,
  ): Promise<{ alert: Alert; changed: boolean } | undefined>;
  /** From open to resolved; what breached before counts towards no other alert. @returns as `acknowledge` */
  resolve(alertId: string, deed: Deed, tell: Tell): Promise<{ alert: Alert; changed: boolean } | undefined>;
  /** Resolves every open alert of a rule or of a device. @returns how many */
  close(of: { ruleId: string } | { deviceId: string }, deed: Deed, tell: Tell): Promise<number>;
  /** Open alerts by level and status; those that there are none of are left out. */
  openCounts(): Promise<{ level: Level; status: AlertStatus; count: number }[]>;
  /** Alerts triggered since, of one device or of all. */
  countSince(since: Micros, deviceId?: string): Promise<number>;
}

/** Judging pairs within the inbox's transaction. */
export interface Judging {
  /**
   * Locks the pairs in sorted order, hands them to `decide` (new ones in their initial state), and writes what comes
   * of it. Each pair at most once; those whose rule is gone or off are left out.
   *
   * @returns the alerts that were resolved, as they are now
   */
  judge(
    pairs: readonly Pick<Pair, "ruleId" | "deviceId">[],
    decide: (pairs: readonly Pair[]) => readonly Verdict[],
  ): Promise<Alert[]>;
  /** The pairs of a logical partition's devices that are due by the mark, at most `limit`, of rules that are on. */
  due(partition: number, mark: Micros, limit: number): Promise<Pick<Pair, "ruleId" | "deviceId">[]>;
}
