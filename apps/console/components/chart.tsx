import { useEffect, useId, useRef } from "preact/hooks";
import uPlot from "uplot";
import { number } from "../format/numbers.ts";
import { absolute, clockTime } from "../format/times.ts";
import { visible } from "../format/visible.ts";
import { isDark, zone } from "../state/preferences.ts";
import { alignedData, type ChartRange, type ChartSeries } from "./chart/data.ts";
import { levelsOf, marksPlugin } from "./chart/marks.ts";

export type { ChartRange, ChartSeries } from "./chart/data.ts";

export interface ChartMark {
  /** Milliseconds since the Unix epoch. */
  at: number;
  /** @default "bad" */
  tone?: "bad" | "warning" | "info";
}

export interface ChartProps {
  /** What it shows, for whoever does not see it. */
  label: string;
  series: readonly ChartSeries[];
  /** What is seen of time. @default from the first point to the last */
  range?: ChartRange;
  unit?: string;
  /** Moments, as upright lines. */
  marks?: readonly ChartMark[];
  /** Levels that matter, as dashed lines: rules' thresholds. Memoise a list. */
  threshold?: number | readonly number[] | undefined;
  /** A range was chosen with the pointer. */
  onZoom?: (range: ChartRange) => void;
  /** Upright bars instead of lines: for what was counted over equal spans. */
  bars?: boolean;
  /** Pixels. @default 240 */
  height?: number;
  /** The legend, with the values under the pointer. @default true */
  legend?: boolean;
  /** Between neighbours further apart the line breaks. @default three times the usual distance */
  gapMs?: number | undefined;
  /** Charts with the same word show the same moment under the pointer. */
  linked?: string;
}

/** The colours of series, in order; they repeat. */
const COLOURS = 8;

/** Lines over time. New points move the lines; another set of series, theme or zone draws it anew. */
export function Chart(props: ChartProps) {
  const { label, series, height = 240, legend = true, unit, threshold, marks, range } = props;
  const id = useId();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const drawnAnewBy = JSON.stringify([
    series.map(({ name }) => name),
    height,
    legend,
    unit,
    zone.value,
    isDark(),
  ]);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const drawn = new uPlot(optionsOf(element, latest), dataOf(latest.current), element);
    plot.current = drawn;
    const resized = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      drawn.destroy();
      plot.current = undefined;
    };
  }, [drawnAnewBy]);

  useEffect(() => plot.current?.setData(dataOf(latest.current)), [series, range?.from, range?.to, threshold]);

  useEffect(() => plot.current?.redraw(), [marks]);

  return (
    <figure class="chart" aria-labelledby={id}>
      <figcaption id={id} class="visually-hidden">
        {label}
      </figcaption>
      <div ref={host} aria-hidden="true" />
      <Summary {...{ label, series, unit }} />
    </figure>
  );
}

type Latest = { readonly current: ChartProps };

/** The pixels of a wide chart: what is drawn has no more moments than could be told apart. */
const MOST_MOMENTS = 4_000;

const dataOf = ({ series, gapMs, range }: ChartProps) =>
  alignedData(series, gapMs, range && (range.to - range.from) / MOST_MOMENTS);

function optionsOf(element: HTMLElement, latest: Latest): uPlot.Options {
  const { series, height = 240, legend = true, unit, bars, linked } = latest.current;
  const colour = (name: string) => getComputedStyle(element).getPropertyValue(`--${name}`).trim();
  const shown = (value: number | null) =>
    value === null ? "–" : `${number(value)}${unit ? ` ${visible(unit)}` : ""}`;
  const grid = { stroke: colour("chart-grid"), width: 1 };
  const axis = {
    stroke: colour("text-muted"),
    grid,
    ticks: { ...grid, size: 4 },
    font: `11px ${colour("font")}`,
  };
  return {
    width: element.clientWidth,
    height,
    padding: [8, 24, 0, 0],
    ms: 1,
    legend: { show: legend, live: true },
    cursor: {
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      ...(series.length > 1 && { focus: { prox: 24 } }),
      ...(linked && { sync: { key: linked } }),
    },
    focus: { alpha: 0.25 },
    scales: {
      x: { range: (_, low, high) => xRange(latest.current, low, high) },
      y: { range: yRange(latest) },
    },
    axes: [
      { ...axis, size: 32, values: (_, splits, __, ___, step) => splits.map((each) => tick(each, step)) },
      { ...axis, size: 52, values: (_, splits) => splits.map((each) => number(each)) },
    ],
    series: [
      { label: "Time", value: (_, ms) => (ms === null ? "–" : absolute(new Date(ms), zone.value)) },
      ...series.map(({ name }, i) => ({
        label: visible(name),
        stroke: colour(`series-${(i % COLOURS) + 1}`),
        width: 1.5,
        ...(bars
          ? {
              paths: uPlot.paths.bars?.({ size: [0.75, 40] }),
              fill: colour(`series-${(i % COLOURS) + 1}`),
              points: { show: false },
            }
          : { points: { size: 4 } }),
        value: (_: uPlot, value: number | null) => shown(value),
      })),
    ],
    plugins: [marksPlugin(() => latest.current, colour)],
    hooks: { setSelect: [(plot) => zoomed(plot, latest)] },
  };
}

const DAY_MS = 86_400_000;

function tick(ms: number, stepMs: number): string {
  const moment = new Date(ms);
  if (stepMs >= DAY_MS) return absolute(moment, zone.value).slice(5, 10);
  const clock = clockTime(moment, zone.value, stepMs < 60_000);
  return clock === "00:00" ? absolute(moment, zone.value).slice(5, 10) : clock;
}

const xRange = ({ range }: ChartProps, low: number | null, high: number | null): uPlot.Range.MinMax =>
  range ? [range.from, range.to] : [low ?? Date.now() - 3_600_000, high ?? Date.now()];

/** Room above and below; thresholds are always seen, and bars whole. */
function yRange(latest: Latest) {
  return (_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax => {
    const { bars } = latest.current;
    const ends = [low, high, bars ? 0 : null, ...levelsOf(latest.current)].filter((each) => each !== null);
    if (ends.length === 0) return [0, 1];
    const least = Math.min(...ends);
    const most = Math.max(...ends);
    return uPlot.rangeNum(least, most === least ? least + (Math.abs(least) || 1) : most, 0.1, true);
  };
}

function zoomed(plot: uPlot, { current: { onZoom } }: Latest): void {
  const { left, width } = plot.select;
  if (width < 4) return;
  const range = {
    from: Math.round(plot.posToVal(left, "x")),
    to: Math.round(plot.posToVal(left + width, "x")),
  };
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onZoom?.(range);
}

/** The same in words: what the lines hold, for whoever does not see them. */
function Summary({ label, series, unit }: Pick<ChartProps, "label" | "series" | "unit">) {
  return (
    <table class="visually-hidden">
      <caption>
        {label}
        {unit ? `, in ${unit}` : ""}
      </caption>
      <thead>
        <tr>
          {["Series", "Points", "Last", "Least", "Most"].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {series.map(({ name, values }) => {
          const known = values.filter((value) => value !== null);
          const least = known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
          const most = known.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{known.length}</td>
              {[known.at(-1), least, most].map((value, i) => (
                <td key={["last", "least", "most"][i]}>
                  {value === undefined || known.length === 0 ? "–" : number(value)}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
