import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { consoleUnderTest } from "./browser.ts";
import { bundled } from "./bundled.ts";

/**
 * Whether it is fast, by margins that a loaded machine keeps. `MEASURE=1` prints what it took; docs/console.md has
 * the figures of a quiet one.
 */
const underTest = consoleUnderTest();

const FRAME_MS = 1_000 / 60;
/** Other programs have the processor too. */
const GENEROUS = 6;

const measured = (what: string, figures: Record<string, number>) => {
  const rounded = Object.entries(figures).map(([name, value]) => `${name} ${Number(value.toFixed(1))}`);
  if (process.env.MEASURE) console.info(`${what}: ${rounded.join(", ")}`);
};

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ??
  Number.NaN;

it("draws a chart of 10,000 points anew within a frame", async () => {
  const { platform } = underTest;
  const start = Date.now() - 10_000 * 1_000;
  for (let batch = 0; batch < 10; batch++) {
    const data_points = Array.from({ length: 1_000 }, (_, i) => batch * 1_000 + i).map((i) => ({
      metric_name: "temperature",
      timestamp: new Date(start + i * 1_000).toISOString(),
      value: 20 + 5 * Math.sin(i / 300) + ((i * 7_919) % 101) / 50,
    }));
    await platform.post("/api/v1/telemetry/devices/d-1/telemetry/batch", { data_points });
  }
  // Reading a pixel is how it is known that the lines are there.
  const page = await underTest.open({ expectedComplaints: /willReadFrequently/ });
  await page.getByText("10K in 24 h").waitFor({ timeout: 60_000 });
  await page.goto("/explore?device=d-1&metric=temperature&aggregation=raw&range=6h");
  const row = page.locator("figure > table tbody tr");
  await expect.poll(() => row.locator("td").first().textContent()).toBe("10000");

  await page.evaluate(await bundled("in-page/redraw.ts", "redrawing"));
  await page.evaluate(`(async () => {
    const { data_points } = await (await fetch("/api/v1/telemetry/query", {
      method: "POST",
      headers: {
        authorization: "Bearer " + sessionStorage.getItem("credential"),
        "content-type": "application/json",
      },
      body: JSON.stringify({
        devices: ["d-1"], metrics: ["temperature"], limit: 10000,
        start_time: ${JSON.stringify(new Date(start).toISOString())}, end_time: new Date().toISOString(),
      }),
    })).json();
    const times = data_points.map(({ timestamp }) => Date.parse(timestamp));
    window.series = [{ name: "d-1", times, values: data_points.map(({ value }) => value) }];
  })()`);
  let drawn = { ms: [Number.NaN], points: 0 };
  const tasks = await traced(page, async () => {
    drawn = await page.evaluate<typeof drawn>(`redrawing.redraws(series, ${REDRAWS})`);
  });
  expect(drawn.points).toBe(10_000);
  const cpuMs = tasks.reduce((sum, task) => sum + task.cpuMs, 0) / REDRAWS;
  measured("10,000 points drawn anew", {
    "ms of processor each": cpuMs,
    "quickest, ms": Math.min(...drawn.ms),
    "median, ms": quantile(drawn.ms, 0.5),
  });
  expect(cpuMs).toBeLessThan(GENEROUS * FRAME_MS);
}, 180_000);

const REDRAWS = 60;
const DEVICES = Array.from({ length: 50 }, (_, i) => `live-${String(i).padStart(2, "0")}`);
const SECONDS = 12;

it("keeps 50 live series at a point a second smooth", async () => {
  const { platform } = underTest;
  // Ten minutes that are there already. Each device has times of its own, as devices do.
  const loadOf = (device: number, second: number) => device + Math.sin(second / 30 + device);
  const now = Date.now();
  const pointOf = (device: number, ms: number) => ({
    metric_name: "load",
    timestamp: new Date(ms + device * 17).toISOString(),
    value: loadOf(device, Math.round(ms / 1_000)),
  });
  for (let minute = 10; minute > 0; minute -= 2) {
    const sent = DEVICES.map((device, d) => [
      device,
      Array.from({ length: 120 }, (_, s) => pointOf(d, now - minute * 60_000 + s * 1_000)),
    ]);
    await platform.post("/api/v1/telemetry/bulk", Object.fromEntries(sent));
  }
  const query = DEVICES.map((device) => `device=${device}`).join("&");
  const page = await underTest.open({ path: `/explore?${query}&metric=load&range=15m&live=1` });
  await page.getByText("Receiving").waitFor({ timeout: 30_000 });
  const drawn = async () => page.locator("figure > table tbody tr td:nth-of-type(1)").allTextContents();
  await expect.poll(async () => (await drawn()).length, { timeout: 30_000 }).toBe(50);
  await expect
    .poll(async () => Math.min(...(await drawn()).map(Number)), { timeout: 30_000 })
    .toBeGreaterThan(590);

  const tasks = await traced(page, async () => {
    for (let second = 0; second < SECONDS; second++) {
      const sent = DEVICES.map((device, d) => [device, [pointOf(d, Date.now() - 1_000)]]);
      await Promise.all([
        platform.post("/api/v1/telemetry/bulk", Object.fromEntries(sent)),
        new Promise((resolve) => setTimeout(resolve, 1_000)),
      ]);
    }
  });
  expect(Math.min(...(await drawn()).map(Number))).toBeGreaterThan(600);
  const busy = tasks.map(({ cpuMs }) => cpuMs);
  measured(`50 live series over ${SECONDS} s`, {
    "longest task, ms of processor": Math.max(...busy),
    "longest task, ms": Math.max(...tasks.map(({ ms }) => ms)),
    "tasks over 50 ms of processor": busy.filter((ms) => ms > 50).length,
    "ms of processor a second": busy.reduce((sum, ms) => sum + ms, 0) / SECONDS,
  });
  expect(Math.max(...busy)).toBeLessThan(GENEROUS * 50);
}, 180_000);

interface Task {
  ms: number;
  /** Of the processor: what others took of it does not count. */
  cpuMs: number;
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args: { name?: string };
}

/** The tasks of the page's main thread, as the browser itself traces them. */
async function traced(page: Page, act: () => Promise<void>): Promise<Task[]> {
  const browser = page.context().browser();
  if (!browser) throw new Error("the page's browser is gone");
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline", "__metadata"] });
  await act();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const byThread = Map.groupBy(
    traceEvents.filter(({ name, ph }) => name.endsWith("RunTask") && ph === "X"),
    ({ pid, tid }) => `${pid} ${tid}`,
  );
  const renderers = traceEvents
    .filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
    .map(({ pid, tid }) => byThread.get(`${pid} ${tid}`) ?? []);
  const [busiest = []] = renderers.toSorted((a, b) => b.length - a.length);
  return busiest.map(({ dur = 0, tdur = 0 }) => ({ ms: dur / 1_000, cpuMs: tdur / 1_000 }));
}
