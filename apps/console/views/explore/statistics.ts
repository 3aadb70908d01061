import { call } from "../../api/call.ts";
import { asApiError } from "../../api/error.ts";
import { bodyOf } from "./ask.ts";
import { MOST_SERIES, type Plan } from "./plan.ts";
import type { Aggregation, Question } from "./question.ts";
import { type Reading, readingOf, seriesKey } from "./series.ts";

/** Of all points of the range, however it is drawn. */
export interface Statistics {
  /** Of the numbers among them; undefined where there is none. */
  least: number | undefined;
  most: number | undefined;
  average: number | undefined;
  count: number;
}

const HOUR_SECONDS = 3_600;
const MOST_SECONDS = 366 * 86_400;

/** By series. One or two buckets hold the range: they begin where whole multiples of their width do. */
export async function statisticsOf(
  asked: Pick<Question, "devices" | "metrics">,
  { range }: Plan,
  signal: AbortSignal,
): Promise<Map<string, Statistics>> {
  const hours = Math.ceil((range.to - range.from) / 1_000 / HOUR_SECONDS);
  const intervalSeconds = Math.min(MOST_SECONDS, Math.max(1, hours) * HOUR_SECONDS);
  const buckets = async (aggregation: Aggregation, join: (a: number, b: number) => number) => {
    const body = bodyOf(asked, { range, aggregation, intervalSeconds });
    const answer = await call("queryPoints", { body }, { signal });
    const joined = new Map<string, number>();
    for (const point of answer.data_points) {
      const key = seriesKey(readingOf(point, answer.device_id));
      const before = joined.get(key);
      const value = Number(point.value);
      joined.set(key, before === undefined ? value : join(before, value));
    }
    return joined;
  };
  const add = (a: number, b: number) => a + b;
  const [least, most, sums, counts] = await Promise.all([
    buckets("min", Math.min),
    buckets("max", Math.max),
    buckets("sum", add),
    buckets("count", add),
  ]);
  return new Map(
    [...counts].map(([key, count]) => {
      const sum = sums.get(key);
      const average = sum === undefined ? undefined : sum / count;
      return [key, { least: least.get(key), most: most.get(key), average, count }];
    }),
  );
}

const HOUR_MS = 3_600_000;
const MOST_HOURS = 24 * 3_650;

/** The newest point of each series, be it a number or not. */
export async function latestOf(
  series: readonly Pick<Reading, "deviceId" | "metricName">[],
  from: number,
  signal: AbortSignal,
): Promise<Map<string, Reading>> {
  const lookback_hours = Math.min(MOST_HOURS, Math.max(1, Math.ceil((Date.now() - from) / HOUR_MS)));
  const found = await Promise.all(
    series.slice(0, MOST_SERIES).map(async ({ deviceId, metricName }) => {
      const params = { device_id: deviceId, metric_name: metricName };
      try {
        const { unit, ...point } = await call(
          "latestPoint",
          { params, query: { lookback_hours } },
          { signal },
        );
        return [readingOf({ ...point, ...(unit !== null && { unit }) }, deviceId)];
      } catch (error) {
        // It was there a moment ago: its retention ended.
        if (asApiError(error).status === 404) return [];
        throw error;
      }
    }),
  );
  return new Map(found.flat().map((reading) => [seriesKey(reading), reading]));
}
