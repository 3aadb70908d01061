import { type MetricType, metricTypes } from "../../layers/core/known-metrics.ts";
import type { Definitions } from "../../layers/storage/registry/port/definitions.ts";

export type CountByType = Record<MetricType, number>;

const PER_PAGE = 1_000;

/** A metric that nobody defined. */
const BY_DEFAULT: MetricType = "gauge";

/** How many there are of each type. A series `cpu{core="0"}` is of its own definition's, or else of that of `cpu`. */
export async function countByType(
  metrics: readonly { name: string; count: number }[],
  definitions: Pick<Definitions, "list">,
): Promise<CountByType> {
  const types = metrics.length > 0 ? await typesByName(definitions) : new Map<string, MetricType>();
  const counts = Object.fromEntries(metricTypes.map((type) => [type, 0])) as CountByType;
  for (const { name, count } of metrics) {
    const type = types.get(name) ?? types.get(name.split("{")[0] ?? name) ?? BY_DEFAULT;
    counts[type] += count;
  }
  return counts;
}

async function typesByName(definitions: Pick<Definitions, "list">): Promise<Map<string, MetricType>> {
  const types = new Map<string, MetricType>();
  for (let offset = 0, more = true; more; offset += PER_PAGE) {
    const page = await definitions.list({ limit: PER_PAGE, offset });
    for (const { name, metricType } of page.definitions) types.set(name, metricType);
    more = page.definitions.length === PER_PAGE;
  }
  return types;
}
