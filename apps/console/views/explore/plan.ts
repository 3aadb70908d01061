import type { ChartRange } from "../../components/chart/data.ts";
import { spans } from "../../state/spans.ts";
import type { Aggregation, Question } from "./question.ts";

/** A question with nothing left open: what the API is asked. */
export interface Plan {
  range: ChartRange;
  /** Undefined for points as they were sent. */
  aggregation: Aggregation | undefined;
  intervalSeconds: number | undefined;
}

/** More lines tell nobody anything, and so many still move smoothly. */
export const MOST_SERIES = 50;

/** A page of the API, and the most that one asks for with buckets. */
export const PAGE_POINTS = 10_000;

/** Of these a chart shows each point: over longer ranges there are more points than pixels. */
const RAW_UP_TO_MS = spans["15m"].ms;

/** @param width of a chart, in pixels */
export function planOf(question: Question, now: number, width: number): Plan {
  const range = question.fixed ?? { from: now - spans[question.span].ms, to: now };
  const aggregation = aggregationOf(question, range.to - range.from);
  if (aggregation === undefined) return { range, aggregation, intervalSeconds: undefined };
  const series = Math.min(MOST_SERIES, question.devices.length * question.metrics.length);
  const chosen = question.intervalSeconds ?? autoInterval(range.to - range.from, width, series);
  return { range, aggregation, intervalSeconds: chosen };
}

/** Live and short, each point is shown as it comes; else the average, which no rate of sending can flood. */
function aggregationOf({ aggregation, live }: Question, spanMs: number): Aggregation | undefined {
  if (aggregation === "raw") return undefined;
  if (aggregation !== "auto") return aggregation;
  return live && spanMs <= RAW_UP_TO_MS ? undefined : "avg";
}

/** Widths of buckets that people think in, in seconds. */
export const intervals = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 604_800,
] as const;

const PIXELS_PER_BUCKET = 3;

/** The narrowest with a few pixels for each bucket, and room for all series in a page. */
export function autoInterval(spanMs: number, width: number, series: number): number {
  const most = Math.min(Math.max(1, width / PIXELS_PER_BUCKET), PAGE_POINTS / Math.max(1, series) - 1);
  return intervals.find((seconds) => spanMs / 1_000 / seconds <= most) ?? Math.ceil(spanMs / 1_000 / most);
}
