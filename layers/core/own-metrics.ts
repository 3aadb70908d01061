// What the platform measures of itself beside what AWS measures: THE table that emits and alarms agree on.

/** CloudWatch's namespace of them. */
export const OWN_NAMESPACE = "Telemetry";

export interface OwnMetric {
  name: string;
  unit: "Count" | "Seconds";
  /** What tells several of it apart. @default there is one */
  by?: "queue";
}

export const ownMetrics = {
  /** Messages ready in a queue. */
  queueDepth: { name: "QueueDepth", unit: "Count", by: "queue" },
  /** Who reads a queue. */
  queueConsumers: { name: "QueueConsumers", unit: "Count", by: "queue" },
  /** Messages of a queue that were settled. */
  queueHandled: { name: "QueueHandled", unit: "Count", by: "queue" },
  /** What is in the spool after it was drained as far as it can be. */
  spoolMessages: { name: "SpoolMessages", unit: "Count" },
  spoolAge: { name: "SpoolAge", unit: "Seconds" },
  /** 1 for an attempt to seal the audit that only a person can help, 0 for one that went well. */
  auditUnsealed: { name: "AuditUnsealed", unit: "Count" },
} as const satisfies Record<string, OwnMetric>;

/** Takes what is measured. */
export interface Metrics {
  /** @param of which one, of a metric that has several */
  tell(metric: OwnMetric, value: number, of?: string): void;
}

/** Where nobody draws them. */
export const noMetrics: Metrics = { tell: () => undefined };
