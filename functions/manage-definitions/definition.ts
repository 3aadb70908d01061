import type * as z from "zod";
import type { Event } from "../../layers/core/envelope.ts";
import { RefusedError } from "../../layers/core/errors.ts";
import { newEventId, newId } from "../../layers/core/ids.ts";
import { formatTime, type Micros } from "../../layers/core/time.ts";
import type { MetricDefinition } from "../../layers/storage/registry/port/definitions.ts";
import type { newDefinition } from "./schema.ts";

export const DEFINITIONS_SOURCE = "/telemetry-bus/metrics";

/** @throws {RefusedError} 422 naming the bound that cannot be */
export function definitionFrom(
  body: z.output<typeof newDefinition>,
  { at, by }: { at: Micros; by: string },
): MetricDefinition {
  refuseImpossible(body);
  return {
    metricId: newId("met"),
    name: body.name,
    ...(body.description != null && { description: body.description }),
    dataType: body.data_type,
    metricType: body.metric_type,
    ...(body.unit != null && { unit: body.unit }),
    ...(body.min_value != null && { minValue: body.min_value }),
    ...(body.max_value != null && { maxValue: body.max_value }),
    retentionDays: body.retention_days,
    aggregationInterval: body.aggregation_interval,
    tags: body.tags,
    metadata: body.metadata,
    createdAt: at,
    updatedAt: at,
    createdBy: by,
  };
}

export const describeDefinition = (definition: MetricDefinition) => ({
  metric_id: definition.metricId,
  name: definition.name,
  description: definition.description ?? null,
  data_type: definition.dataType,
  metric_type: definition.metricType,
  unit: definition.unit ?? null,
  min_value: definition.minValue ?? null,
  max_value: definition.maxValue ?? null,
  retention_days: definition.retentionDays,
  aggregation_interval: definition.aggregationInterval,
  tags: definition.tags,
  metadata: definition.metadata,
  created_at: formatTime(definition.createdAt),
  updated_at: formatTime(definition.updatedAt),
  created_by: definition.createdBy,
});

export const definedEvent = (definition: MetricDefinition, correlationId: string): Event => ({
  specversion: "1.0",
  id: newEventId(),
  source: DEFINITIONS_SOURCE,
  type: "metric.defined",
  time: formatTime(definition.createdAt),
  correlation_id: correlationId,
  datacontenttype: "application/json",
  data: describeDefinition(definition),
});

function refuseImpossible({ data_type, min_value, max_value }: z.output<typeof newDefinition>): void {
  if (min_value == null && max_value == null) return;
  if (data_type !== "numeric") {
    const path = min_value == null ? "max_value" : "min_value";
    throw impossible(path, `expected bounds of the data type numeric only, got ${data_type}`);
  }
  if (min_value != null && max_value != null && min_value > max_value) {
    throw impossible("min_value", `expected at most max_value ${max_value}, got ${min_value}`);
  }
}

const impossible = (path: string, message: string) =>
  new RefusedError(422, `${path}: ${message}`, [{ path, message }]);
