import type { Event } from "../../../core/envelope.ts";
import type { Json } from "../../../core/json.ts";
import type { DataType, KnownMetric, MetricType } from "../../../core/known-metrics.ts";
import type { Micros } from "../../../core/time.ts";

export interface MetricDefinition {
  /** `met_…` */
  metricId: string;
  /** A metric's name, or a series' such as `cpu{core="0"}`. */
  name: string;
  description?: string;
  dataType: DataType;
  metricType: MetricType;
  unit?: string;
  /** Inclusive. */
  minValue?: number;
  maxValue?: number;
  /** 1 to 3,650. */
  retentionDays: number;
  /** Seconds. */
  aggregationInterval: number;
  tags: readonly string[];
  metadata: Readonly<Record<string, Json>>;
  createdAt: Micros;
  updatedAt: Micros;
  /** The key that called. */
  createdBy: string;
}

export interface DefinitionFilter {
  dataType?: DataType;
  metricType?: MetricType;
  limit: number;
  offset: number;
}

/** What is decided on a metric's retention begins a `RETENTION_LEAD` later. */
export interface Definitions {
  /**
   * Puts `events` into the outbox by the same commit.
   *
   * @throws {RefusedError} 409 if the name is defined already; then nothing is committed
   */
  create(definition: MetricDefinition, events: readonly Event[]): Promise<void>;
  find(name: string): Promise<MetricDefinition | undefined>;
  /** Of those of these names that are defined. */
  types(names: readonly string[]): Promise<Map<string, MetricType>>;
  /** By name. `count` is of all that the filter lets through. */
  list(filter: DefinitionFilter): Promise<{ definitions: MetricDefinition[]; count: number }>;
  /** The metric is kept from then on as long as one that was never defined. @returns whether there was one */
  remove(name: string, at: Micros): Promise<boolean>;
  /**
   * What changed after a revision, oldest first and at most `limit` metrics, each as it is now: one that is defined no
   * more is without rules. Begins with revision 0; when nothing changed, the revision is the one that was given. Cheap
   * enough to be asked every second.
   */
  changes(after: number, limit: number): Promise<{ metrics: KnownMetric[]; revision: number }>;
}
