import { afterAll, beforeAll, expect, it } from "vitest";
import { preview } from "../../functions/manage-rules/preview.ts";
import { microsOf, parseTime } from "../../layers/core/time.ts";
import { alertsOf, createRule, fresh, RULES } from "../alerts.ts";
import { type Platform, type Problem, startPlatform } from "../platform.ts";
import { at } from "../points.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(async () => {
  await platform.stop();
});

interface Previewed {
  alerts: { device_id: string; triggered_at: string; breaches: number; current_value: number }[];
  points_evaluated: number;
  truncated: boolean;
}

/** The same numbers each time, from 0 to 99. */
const value = (device: number, second: number): number =>
  ((device * 7_919 + second * 104_729) ** 2 % 997) % 100;

const DEVICES = 12;
const SECONDS = 100;

/** Random-looking values of many devices, a second apart, the last one `endedMs` ago. */
async function reportMany(metric_name: string): Promise<void> {
  const start = Date.now() - SECONDS * 1_000;
  for (let device = 0; device < DEVICES; device++) {
    const data_points = Array.from({ length: SECONDS }, (_, second) => ({
      timestamp: at(start + second * 1_000),
      metric_name,
      value: value(device, second),
    }));
    const path = `/api/v1/telemetry/devices/${metric_name}-${device}/telemetry/batch`;
    expect((await platform.post(path, { data_points })).status).toBe(200);
  }
}

const facts = (alerts: readonly Record<string, unknown>[]) =>
  alerts
    .map(({ device_id, triggered_at, breaches, current_value }) =>
      JSON.stringify({ device_id, triggered_at, breaches, current_value }),
    )
    .sort();

it("previews what evaluation really raises, to the breach, for many devices", async () => {
  const metric = fresh("shaky");
  const rule = await createRule(platform, {
    ...{ metric_name: metric, threshold_value: 80, trigger_count: 4, evaluation_window: 8 },
    ...{ auto_resolve: false, cooldown_minutes: 0 },
  });
  await reportMany(metric);
  const range = { start_time: at(Date.now() - 3_600_000), end_time: at(Date.now() + 1_000) };
  const ask = async () =>
    (await platform.post<Previewed>(`${RULES}/preview`, { rule_id: rule.rule_id, ...range })).body;
  const points_evaluated = DEVICES * SECONDS;
  await expect.poll(ask, { timeout: 20_000 }).toMatchObject({ points_evaluated, truncated: false });
  const previewed = facts((await ask()).alerts);
  expect(previewed.length).toBeGreaterThan(2);
  await expect
    .poll(async () => facts(await alertsOf(platform, { rule_id: rule.rule_id, limit: "1000" })), {
      timeout: 20_000,
    })
    .toEqual(previewed);
});

it("says up to when it got if there is too much to look at", async () => {
  const metric = fresh("endless");
  const { rule_id } = await createRule(platform, { metric_name: metric, enabled: false });
  const start = Date.now() - 3_000_000;
  const points = Array.from({ length: 2_500 }, (_, n) => ({
    timestamp: at(start + n * 1_000),
    metric_name: metric,
    value: n,
  }));
  for (const data_points of [points.slice(0, 1_000), points.slice(1_000, 2_000), points.slice(2_000)]) {
    await platform.post("/api/v1/telemetry/devices/endless/telemetry/batch", { data_points });
  }
  const { measurements, registry } = platform.runtime.dependencies;
  const rule = await registry.rules.find(rule_id);
  if (!rule) throw new Error("expected the rule");
  const range = { from: microsOf(start), to: microsOf(Date.now() + 60_000) };
  const whole = { clock: { now: () => 0 }, measurements, groups: new Map() };
  await expect
    .poll(() => preview(rule, range, whole), { timeout: 20_000 })
    .toMatchObject({ points_evaluated: 2_500, truncated: false });
  let now = 0;
  const late = { ...whole, clock: { now: () => (now += 30_000) } };
  const answer = await preview(rule, range, late);
  expect(answer).toMatchObject({ points_evaluated: 2_000, truncated: true, count: 1 });
  expect(parseTime(answer.evaluated_until)).toBe(microsOf(start + 1_999_000));
});

it.each([
  [{ name: "a\u0000b" }, "name"],
  [{ tags: ["\ud800"] }, "tags[0]"],
  [{ metadata: { note: "\u0000" } }, "metadata"],
])("refuses what no store takes: %j", async (given, path) => {
  const body = { name: "n", metric_name: "m", condition: ">", threshold_value: 1, ...given };
  const answer = await platform.post<Problem>(RULES, body);
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ path }] } });
});

it("refuses to preview a rule and another by its id at once", async () => {
  const rule = { name: "n", metric_name: "m", condition: ">", threshold_value: 1 };
  const range = { start_time: "2025-12-17T00:00:00Z", end_time: "2025-12-18T00:00:00Z" };
  const answer = await platform.post<Problem>(`${RULES}/preview`, { rule, rule_id: "rul_1", ...range });
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: "rule" }] } });
});
