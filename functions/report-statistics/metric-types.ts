import { type MetricType, metricTypes } from "../../layers/core/known-metrics.ts";
import type { Definitions } from "../../layers/storage/registry/port/definitions.ts";

export type CountByType = Record<MetricType, number>;

/** A metric that nobody defined. */
const BY_DEFAULT: MetricType = "gauge";

/** How many there are of each type. A series `cpu{core="0"}` is of its own definition's, or else of that of `cpu`. */
export async function countByType(
  names: readonly string[],
  definitions: Pick<Definitions, "types">,
): Promise<CountByType> {
  const counts = Object.fromEntries(metricTypes.map((type) => [type, 0])) as CountByType;
  if (names.length === 0) return counts;
  const types = await definitions.types([...new Set(names.flatMap((name) => [name, metricOf(name)]))]);
  for (const name of names) counts[types.get(name) ?? types.get(metricOf(name)) ?? BY_DEFAULT]++;
  return counts;
}

const metricOf = (series: string): string => series.split("{")[0] ?? series;
