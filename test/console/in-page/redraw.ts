import { h, render } from "preact";
import { act } from "preact/test-utils";
import { Chart, type ChartProps } from "../../../apps/console/components/chart.tsx";

// Runs in the page: the console's own chart, drawn anew again and again.

type Series = ChartProps["series"];

/** Each time other values, so that nothing is saved. */
const shifted = (series: Series, by: number): Series =>
  series.map(({ name, times, values }) => ({
    name,
    times,
    values: values.map((value) => (value === null ? null : value + by)),
  }));

/** Milliseconds from new data to the lines drawn, the table for screen readers included, each time. */
export async function redraws(series: Series, times: number): Promise<{ ms: number[]; points: number }> {
  const host = document.createElement("div");
  host.className = "redraws";
  document.body.prepend(host);
  const draw = async (drawn: Series) => {
    await act(() => render(h(Chart, { label: "redraws", series: drawn }), host));
    // uPlot draws in a microtask after what it was given; reading a pixel waits for the drawing itself.
    await Promise.resolve();
    host.querySelector("canvas")?.getContext("2d")?.getImageData(0, 0, 1, 1);
  };
  await draw(series);
  const ms: number[] = [];
  for (let i = 1; i <= times; i++) {
    const next = shifted(series, i);
    const before = performance.now();
    await draw(next);
    ms.push(performance.now() - before);
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  const points = Number(host.querySelector("figure > table td")?.textContent);
  render(null, host);
  host.remove();
  return { ms, points };
}
