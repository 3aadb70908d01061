import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { alignedData } from "../../apps/console/components/chart/data.ts";
import { inputTime, timeOfInput } from "../../apps/console/format/input-time.ts";
import { curlOf } from "../../apps/console/views/explore/curl.ts";
import { autoInterval, PAGE_POINTS, planOf } from "../../apps/console/views/explore/plan.ts";
import { pathTo, type Question, readQuestion, zoomedOut } from "../../apps/console/views/explore/question.ts";
import { type Reading, readingOf, seriesOf } from "../../apps/console/views/explore/series.ts";
import { withReadings, withTail } from "../../apps/console/views/explore/tail.ts";

const question = (given: Partial<Question> = {}): Question => ({
  devices: ["d-1"],
  metrics: ["temperature"],
  span: "1h",
  fixed: undefined,
  aggregation: "auto",
  intervalSeconds: undefined,
  live: false,
  together: false,
  ...given,
});

const searchOf = (path: string) => new URL(path, "http://console").searchParams;

describe("a question's address", () => {
  it.each<[string, Partial<Question>]>([
    ["as usual", {}],
    ["of nothing yet", { devices: [], metrics: [] }],
    ["of names with anything in them", { metrics: ['cpu{core="0",host="a&b=c"}', "sys/mem"] }],
    [
      "with all that can be said",
      {
        span: "7d",
        fixed: { from: 1_764_288_000_000, to: 1_764_288_000_001 },
        aggregation: "p95",
        intervalSeconds: 90,
        live: true,
        together: true,
      },
    ],
  ])("leads back to it, %s", (_, given) => {
    expect(readQuestion(searchOf(pathTo(question(given))))).toEqual(question(given));
  });

  it.each(["9y", "toString"])("takes what is not understood as not said, as the range %s", (range) => {
    const typed = `?device=d-1&metric=temperature&range=${range}&from=noon&to=never&aggregation=mode&interval=-1`;
    expect(readQuestion(new URLSearchParams(typed))).toEqual(question());
  });

  it("zooms out to twice as much, and not into the future", () => {
    expect(zoomedOut({ from: 100, to: 200 }, 1_000)).toEqual({ from: 50, to: 250 });
    expect(zoomedOut({ from: 100, to: 200 }, 210)).toEqual({ from: 50, to: 210 });
  });
});

describe("the width of buckets", () => {
  it("leaves pixels for each and room for all series in a page, whatever the range", () => {
    for (const span of [60_000, 900_000, 3_600_000, 86_400_000, 90 * 86_400_000, 20 * 366 * 86_400_000]) {
      for (const series of [1, 7, 50]) {
        const buckets = span / 1_000 / autoInterval(span, 1_200, series);
        expect(buckets).toBeLessThanOrEqual(400);
        expect(Math.ceil(buckets + 1) * series).toBeLessThanOrEqual(PAGE_POINTS + series);
      }
    }
    expect(autoInterval(3_600_000, 1_200, 1)).toBe(10);
    expect(autoInterval(86_400_000, 1_200, 1)).toBe(300);
  });

  it("gives way to each point where that is live and short, or wanted", () => {
    const aggregationOf = (given: Partial<Question>) => planOf(question(given), 0, 1_200).aggregation;
    expect(aggregationOf({})).toBe("avg");
    expect(aggregationOf({ live: true })).toBe("avg");
    expect(aggregationOf({ live: true, span: "15m" })).toBeUndefined();
    expect(aggregationOf({ aggregation: "raw", span: "90d" })).toBeUndefined();
    expect(aggregationOf({ aggregation: "p99", live: true, span: "15m" })).toBe("p99");
  });
});

describe("what the socket brings", () => {
  const reading = (at: number, value: unknown = at): Reading => ({
    deviceId: "d-1",
    metricName: "temperature",
    at,
    value,
  });
  const answered = seriesOf([10, 20, 30].map((at) => reading(at)));
  const key = "d-1 temperature";
  const tailOf = (...readings: Reading[]) => withReadings(new Map(), readings, 0);

  it("goes in by its time, once for each moment, the later comer winning", () => {
    const joined = withTail(
      answered,
      tailOf(reading(40), reading(25), reading(20, 99), reading(25, 26)),
      undefined,
    );
    expect(joined.get(key)).toMatchObject({ times: [10, 20, 25, 30, 40], values: [10, 99, 26, 30, 40] });
  });

  it("goes on behind the last bucket, and begins a line of which nothing was answered", () => {
    const came = tailOf(reading(34), reading(35), reading(41));
    expect(withTail(answered, came, 5).get(key)?.times).toEqual([10, 20, 30, 35, 41]);
    expect(withTail(new Map(), came, 5).get(key)?.times).toEqual([34, 35, 41]);
  });

  it("is forgotten once it is too old, and no line if it is no number", () => {
    const tail = withReadings(tailOf(reading(5), reading(50, "text")), [reading(60)], 20);
    expect(tail.get(key)?.map(({ at }) => at)).toEqual([50, 60]);
    expect(withTail(answered, tail, undefined).get(key)?.times).toEqual([10, 20, 30, 60]);
  });

  it("is of the one device that was asked for, where an answer names none", () => {
    const point = { timestamp: "2026-01-01T00:00:00Z", metric_name: "m", value: 1 };
    expect(readingOf(point, "d-9")).toMatchObject({ deviceId: "d-9", at: Date.UTC(2026, 0, 1) });
  });
});

describe("many series with times of their own", () => {
  const series = (device: number, length: number) => ({
    name: `d-${device}`,
    times: Array.from({ length }, (_, i) => i * 1_000 + device * 17),
    values: Array.from({ length }, (_, i) => (i === 300 ? 1_000 : i % 3)),
  });

  it("share the times of a grid, and lose no peak", () => {
    const data = alignedData(
      Array.from({ length: 50 }, (_, device) => series(device, 600)),
      undefined,
      250,
    );
    expect(data[0].length).toBeLessThan(2_500);
    for (const values of data.slice(1)) expect(values).toContain(1_000);
  });

  it("keep their own times while they are few", () => {
    const data = alignedData([series(0, 10), series(1, 10)], undefined, 250);
    expect(data[0]).toHaveLength(20);
  });

  it("keep of one moment what stands out, whichever comes first", () => {
    const times = Array.from({ length: 6_000 }, (_, i) => i * 10);
    const values = times.map((_, i) => (i === 3_001 ? 50 : 1));
    const flat = { name: "flat", times, values: times.map(() => 0) };
    const data = alignedData([{ name: "peak", times, values }, flat], undefined, 100);
    expect(data[0].length).toBeLessThan(700);
    expect(data[1]).toContain(50);
  });
});

describe("a time that is typed", () => {
  it.each(["utc", "local"] as const)("is read as it was written, %s", (zone) => {
    const moment = Date.UTC(2026, 2, 29, 12, 34, 56);
    expect(timeOfInput(inputTime(moment, zone), zone)).toBe(moment);
  });

  it("is UTC where the console shows UTC", () => {
    expect(inputTime(Date.UTC(2026, 0, 31, 14, 5, 9), "utc")).toBe("2026-01-31T14:05:09");
    expect(timeOfInput("", "utc")).toBeNaN();
  });
});

it("writes a curl that a shell takes word for word", () => {
  const body = { metrics: [`m{a="it's $HOME \`x\`"}`], start_time: "a", end_time: "b" };
  const echoed = curlOf("http://host", body).replace(/^curl/, "printf '%s\\n'");
  const said = execFileSync("sh", ["-c", echoed], { env: { TELEMETRY_API_KEY: "key_1" } }).toString();
  expect(said.trimEnd().split("\n").at(-1)).toBe(JSON.stringify(body));
  expect(said).toContain("authorization: Bearer key_1");
});
