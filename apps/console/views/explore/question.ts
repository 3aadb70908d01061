import type { ChartRange } from "../../components/chart/data.ts";
import type { Span } from "../../state/spans.ts";

// What is looked at, as the address has it: whoever opens the link sees the same.

/** Ranges that end now. */
export const offeredSpans = ["15m", "1h", "6h", "24h", "7d", "30d", "90d"] as const satisfies readonly Span[];
export type SpanName = (typeof offeredSpans)[number];

export const aggregations = ["avg", "min", "max", "sum", "count", "median", "p95", "p99"] as const;
export type Aggregation = (typeof aggregations)[number];

export interface Question {
  devices: readonly string[];
  metrics: readonly string[];
  /** The range that ends now, to which one comes back from `fixed`. */
  span: SpanName;
  /** Zoomed in, or chosen by its ends: it stands still. */
  fixed: ChartRange | undefined;
  aggregation: "auto" | "raw" | Aggregation;
  /** Width of a bucket; undefined where range and screen decide. */
  intervalSeconds: number | undefined;
  live: boolean;
  /** All series in one chart, instead of one chart for each metric. */
  together: boolean;
}

const DEFAULT_SPAN: SpanName = "1h";

export function readQuestion(search: URLSearchParams): Question {
  const aggregation = search.get("aggregation");
  const interval = Number(search.get("interval"));
  return {
    devices: [...new Set(search.getAll("device"))],
    metrics: [...new Set(search.getAll("metric"))],
    span: offeredSpans.find((each) => each === search.get("range")) ?? DEFAULT_SPAN,
    fixed: fixedRange(search.get("from"), search.get("to")),
    aggregation:
      aggregation === "raw" ? "raw" : (aggregations.find((each) => each === aggregation) ?? "auto"),
    intervalSeconds: Number.isInteger(interval) && interval > 0 ? interval : undefined,
    live: search.get("live") === "1",
    together: search.get("charts") === "one",
  };
}

/** The console's path to a question. What is as usual is not written. */
export function pathTo(question: Question): string {
  const { devices, metrics, span, fixed, aggregation, intervalSeconds, live, together } = question;
  const words: [string, string][] = [
    ...devices.map((device): [string, string] => ["device", device]),
    ...metrics.map((metric): [string, string] => ["metric", metric]),
  ];
  if (span !== DEFAULT_SPAN) words.push(["range", span]);
  if (fixed) words.push(["from", isoTime(fixed.from)], ["to", isoTime(fixed.to)]);
  if (aggregation !== "auto") words.push(["aggregation", aggregation]);
  if (intervalSeconds !== undefined) words.push(["interval", String(intervalSeconds)]);
  if (live) words.push(["live", "1"]);
  if (together) words.push(["charts", "one"]);
  const search = new URLSearchParams(words);
  return search.size > 0 ? `/explore?${search}` : "/explore";
}

export const isoTime = (ms: number): string => new Date(ms).toISOString();

function fixedRange(from: string | null, to: string | null): ChartRange | undefined {
  const range = { from: Date.parse(from ?? ""), to: Date.parse(to ?? "") };
  return range.from < range.to ? range : undefined;
}

/** Neither whole nor fixed: twice as much around the same middle, never of the future. */
export function zoomedOut({ from, to }: ChartRange, now: number): ChartRange {
  const half = (to - from) / 2;
  return { from: Math.round(from - half), to: Math.round(Math.max(to, Math.min(to + half, now))) };
}
