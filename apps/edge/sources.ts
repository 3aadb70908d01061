import type * as z from "zod";
import type { Clock } from "../../layers/core/clock.ts";
import type { Logger } from "../../layers/core/logger.ts";
import type { MetricEntry, Sink } from "./entries.ts";
import type { Source } from "./source.ts";
import { hostMetricsSettings } from "./sources/host-metrics/settings.ts";
import { createHostMetricsSource } from "./sources/host-metrics/source.ts";
import { postgresSettings } from "./sources/postgres/settings.ts";
import { createPostgresSource } from "./sources/postgres/source.ts";

/** What a source is given. */
export interface SourcePorts {
  sink: Sink<MetricEntry>;
  /** A folder of its own for what it must remember. It is there. */
  directory: string;
  clock: Clock;
  logger: Logger;
}

export interface SourceKind {
  schema: z.ZodType;
  create(settings: never, ports: SourcePorts): Source;
}

export function sourceKind<Schema extends z.ZodType>(
  schema: Schema,
  create: (settings: z.output<Schema>, ports: SourcePorts) => Source,
): SourceKind {
  return { schema, create };
}

/** THE table of sources, by their name in the configuration: a source that is not here is refused there. */
export const sources: Readonly<Record<string, SourceKind>> = {
  host_metrics: sourceKind(hostMetricsSettings, createHostMetricsSource),
  postgres: sourceKind(postgresSettings, createPostgresSource),
};
