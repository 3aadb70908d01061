import { type Answer, call, type Input } from "../../api/call.ts";
import type { ChartRange } from "../../components/chart.tsx";
import { PAGE_POINTS, type Plan } from "./plan.ts";
import { isoTime, type Question } from "./question.ts";
import { isNumber, type Reading, readingOf, type Series, seriesOf } from "./series.ts";

export interface Found {
  plan: Plan;
  series: ReadonlyMap<string, Series>;
  /** What is no number, oldest first. */
  others: readonly Reading[];
  points: number;
  /** There is more, from here on: so much was read. */
  readUpTo: number | undefined;
  /** The store approximates this aggregation. */
  approximate: boolean;
}

type Asked = Pick<Question, "devices" | "metrics">;
type Body = Input<"queryPoints">["body"];

/** What `POST /api/v1/telemetry/query` is sent. */
export function bodyOf({ devices, metrics }: Asked, { range, aggregation, intervalSeconds }: Plan): Body {
  return {
    devices: [...devices],
    metrics: [...metrics],
    ...timesOf(range),
    ...(aggregation && { aggregation, interval: intervalSeconds ?? null }),
    limit: PAGE_POINTS,
  };
}

/** A point of this very moment is in it. */
const timesOf = ({ from, to }: ChartRange) => ({ start_time: isoTime(from), end_time: isoTime(to + 1) });

/** Pages, one after the other, up to so many. */
export async function ask(asked: Asked, plan: Plan, pages: number, signal: AbortSignal): Promise<Found> {
  const body = bodyOf(asked, plan);
  const readings: Reading[] = [];
  let answer: Answer<"queryPoints"> | undefined;
  for (let page = 0; page < pages && (!answer || answer.next !== undefined); page++) {
    answer = await call("queryPoints", { body: { ...body, cursor: answer?.next ?? null } }, { signal });
    for (const point of answer.data_points) readings.push(readingOf(point, answer.device_id));
  }
  return {
    plan,
    series: seriesOf(readings),
    others: readings.filter(({ value }) => !isNumber(value)),
    points: readings.length,
    readUpTo: answer?.truncated ? readings.at(-1)?.at : undefined,
    approximate: answer?.approximate ?? false,
  };
}
