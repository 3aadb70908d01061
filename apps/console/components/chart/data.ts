import uPlot from "uplot";

export interface ChartSeries {
  /** Unique in its chart. */
  name: string;
  /** Milliseconds since the Unix epoch, rising. */
  times: readonly number[];
  /** Of each time; `null` breaks the line. */
  values: readonly (number | null)[];
}

/** One list of times for all series, as uPlot wants it. */
export function alignedData(series: readonly ChartSeries[], gapMs?: number): uPlot.AlignedData {
  const [first] = series;
  if (!first) return [[]];
  const tables = series.map((each) => withGaps(each, gapMs ?? usualGap(each.times)));
  if (tables.length === 1) return tables[0] as uPlot.AlignedData;
  // 1: a null is a gap of this series; where it has no point because another has one, the line goes on.
  return uPlot.join(
    tables as uPlot.AlignedData[],
    tables.map(() => [1, 1]),
  );
}

/** Breaks the line between neighbours further apart than that. */
function withGaps({ times, values }: ChartSeries, gapMs: number): [number[], (number | null)[]] {
  const xs: number[] = [];
  const ys: (number | null)[] = [];
  for (const [i, time] of times.entries()) {
    const before = times[i - 1];
    if (before !== undefined && time - before > gapMs) {
      xs.push(before + 1);
      ys.push(null);
    }
    xs.push(time);
    ys.push(values[i] ?? null);
  }
  return [xs, ys];
}

/** Three times the median distance: a point that is late is no gap. */
function usualGap(times: readonly number[]): number {
  if (times.length < 3) return Number.POSITIVE_INFINITY;
  const distances = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  distances.sort((a, b) => a - b);
  return 3 * (distances[distances.length >> 1] ?? Number.POSITIVE_INFINITY);
}
