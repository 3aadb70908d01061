import uPlot from "uplot";

export interface ChartSeries {
  /** Unique in its chart. */
  name: string;
  /** Milliseconds since the Unix epoch, rising. */
  times: readonly number[];
  /** Of each time; `null` breaks the line. */
  values: readonly (number | null)[];
}

export interface ChartRange {
  /** Milliseconds since the Unix epoch. */
  from: number;
  to: number;
}

/** Fewer than these are drawn as they are. */
const FEW_POINTS = 10_000;

/**
 * One list of times for all series, as uPlot wants it: each series has a place for every time of every other. So
 * where many series have times of their own, the times are those of a grid too fine to be seen.
 *
 * @param gridMs the finest distance that could be seen
 */
export function alignedData(
  series: readonly ChartSeries[],
  gapMs?: number,
  gridMs?: number,
): uPlot.AlignedData {
  const [first] = series;
  if (!first) return [[]];
  const points = series.reduce((sum, { times }) => sum + times.length, 0);
  const isMuch = gridMs !== undefined && gridMs > 1 && series.length > 1 && points > FEW_POINTS;
  const drawn = isMuch ? series.map((each) => onGrid(each, gridMs)) : series;
  const tables = drawn.map((each) => withGaps(each, gapMs ?? usualGap(each.times)));
  if (tables.length === 1) return tables[0] as uPlot.AlignedData;
  // 1: a null is a gap of this series; where it has no point because another has one, the line goes on.
  return uPlot.join(
    tables as uPlot.AlignedData[],
    tables.map(() => [1, 1]),
  );
}

/** Of several points of one moment of the grid the one that stands out most from the moment before. */
function onGrid({ name, times, values }: ChartSeries, gridMs: number): ChartSeries {
  const moments: number[] = [];
  const kept: (number | null)[] = [];
  for (const [i, time] of times.entries()) {
    const moment = Math.round(Math.round(time / gridMs) * gridMs);
    const value = values[i] ?? null;
    const last = moments.length - 1;
    if (moments[last] !== moment) {
      moments.push(moment);
      kept.push(value);
    } else if (distance(value, kept[last - 1]) > distance(kept[last], kept[last - 1])) kept[last] = value;
  }
  return { name, times: moments, values: kept };
}

const distance = (value: number | null | undefined, from: number | null | undefined): number =>
  typeof value === "number" ? Math.abs(value - (from ?? 0)) : -1;

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
