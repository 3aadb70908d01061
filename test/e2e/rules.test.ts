import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alertOf, alertsOf, createRule, fresh, RULES, type RuleAnswer, report, toldOf } from "../alerts.ts";
import { type Platform, type Problem, startPlatform } from "../platform.ts";
import { at } from "../points.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(async () => {
  await platform.stop();
});

const asDocumented = {
  name: "High CPU Usage",
  description: "Alert when CPU exceeds 90%",
  metric_name: "cpu_percent",
  condition: ">",
  threshold_value: 90,
  evaluation_window: 300,
  trigger_count: 3,
  level: "warning",
  device_ids: [],
  notification_channels: ["slack", "email"],
  cooldown_minutes: 15,
  auto_resolve: true,
  auto_resolve_timeout: 600,
};

describe("POST /api/v1/telemetry/alerts/rules", () => {
  it("takes a rule as 004 writes it, and answers with its id [E4-US1 AC1, E4-US1 AC5, E4-US1 AC6, E4-US1 AC8, FR-013]", async () => {
    const { status, body } = await platform.post<RuleAnswer>(RULES, asDocumented);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...asDocumented,
      rule_id: expect.stringMatching(/^rul_/),
      ...{
        device_groups: [],
        enabled: true,
        total_triggers: 0,
        last_triggered: null,
        created_by: "key_admin",
      },
    });
  });

  it.each(["name", "metric_name", "condition", "threshold_value"])(
    "refuses one without %s, by name [E4-US1 AC2]",
    async (field) => {
      const { [field as "name"]: _, ...rest } = asDocumented;
      const { status, body } = await platform.post<Problem>(RULES, rest);
      expect(status).toBe(400);
      expect(body.errors?.map(({ path }) => path)).toEqual([field]);
    },
  );

  it.each([">", "<", ">=", "<=", "==", "!="])("knows the condition %s [E4-US1 AC3]", async (condition) => {
    const rule = await createRule(platform, { condition, threshold_value: 5, trigger_count: 1 });
    const metric = String(rule.metric_name);
    const held: Record<string, number[]> = {
      ">": [6],
      "<": [4],
      ">=": [5, 6],
      "<=": [4, 5],
      "==": [5],
      "!=": [4, 6],
    };
    for (const value of [4, 5, 6])
      await report(platform, { device: `${metric}-${value}`, metric, values: [value] });
    const breaching = async () =>
      (await alertsOf(platform, { rule_id: rule.rule_id })).map(({ current_value }) => current_value);
    await expect.poll(async () => (await breaching()).sort()).toEqual(held[condition]);
  });

  it.each(["info", "warning", "error", "critical", "emergency"])(
    "knows the level %s [E4-US1 AC4]",
    async (level) => {
      expect(await createRule(platform, { level })).toMatchObject({ level });
    },
  );

  it.each([
    [{ condition: "~" }, 400, "condition"],
    [{ level: "fatal" }, 400, "level"],
    [{ threshold_value: "90" }, 400, "threshold_value"],
    [{ trigger_count: 0 }, 400, "trigger_count"],
    [{ unknown: 1 }, 400, "unknown"],
    [{ recovery_threshold: 95 }, 422, "recovery_threshold"],
    [{ condition: "==", recovery_threshold: 80 }, 422, "recovery_threshold"],
  ])("refuses %j with %i, naming the field", async (given, expected, path) => {
    const { status, body } = await platform.post<Problem>(RULES, { ...asDocumented, ...given });
    expect(status).toBe(expected);
    expect(body.errors?.map((error) => error.path)).toEqual([path]);
  });

  it("tells of rules that are created, changed and deleted [E4-US1 AC7, FR-019]", async () => {
    const { rule_id } = await createRule(platform, {});
    await platform.put(`${RULES}/${rule_id}/enable`, { enabled: false });
    await platform.delete(`${RULES}/${rule_id}`);
    await expect
      .poll(() => toldOf(platform, { rule_id }))
      .toEqual(["alert.rule.created", "alert.rule.deleted", "alert.rule.updated"]);
  });
});

describe("GET /api/v1/telemetry/alerts/rules", () => {
  it("lists by enabled, level and metric, in pages, with the count of all [E4-US2 AC1, E4-US2 AC2, E4-US2 AC3, E4-US2 AC4]", async () => {
    const metric_name = fresh("listed");
    for (let n = 0; n < 5; n++) {
      await createRule(platform, { metric_name, level: n < 3 ? "critical" : "info", enabled: n !== 0 });
    }
    const list = async (query: Record<string, string>) => {
      const params = new URLSearchParams({ metric_name, ...query });
      const { body } = await platform.get<{ rules: RuleAnswer[]; count: number }>(`${RULES}?${params}`);
      return [body.rules.length, body.count];
    };
    expect(await list({})).toEqual([5, 5]);
    expect(await list({ level: "critical" })).toEqual([3, 3]);
    expect(await list({ level: "critical", enabled: "true" })).toEqual([2, 2]);
    expect(await list({ limit: "2", offset: "4" })).toEqual([1, 5]);
  });
});

describe("one rule", () => {
  it("is shown with how often it was triggered, and 404 if there is none [E4-US3 AC1, E4-US3 AC2, E4-US3 AC3]", async () => {
    const rule = await createRule(platform, {});
    const before = Date.now();
    const device = fresh("pump");
    await report(platform, { device, metric: String(rule.metric_name), values: [91] });
    await alertOf(platform, device);
    const { body } = await platform.get<RuleAnswer>(`${RULES}/${rule.rule_id}`);
    expect(body).toMatchObject({ ...rule, total_triggers: 1, last_triggered: expect.any(String) });
    expect(Math.abs(Date.parse(body.last_triggered ?? "") - before)).toBeLessThan(30_000);
    expect((await platform.get(`${RULES}/rul_0none`)).status).toBe(404);
  });

  it("is turned off and on, which evaluation sees within two seconds [E4-US4 AC1, E4-US4 AC2, E4-US4 AC3, E4-US4 AC4]", async () => {
    const rule = await createRule(platform, {});
    const metric = String(rule.metric_name);
    const off = await platform.put<RuleAnswer>(`${RULES}/${rule.rule_id}/enable`, { enabled: false });
    expect(off).toMatchObject({
      status: 200,
      body: { success: true, rule_id: rule.rule_id, enabled: false },
    });
    await report(platform, { device: `${metric}-off`, metric, values: [99] });
    const on = await platform.put<RuleAnswer>(`${RULES}/${rule.rule_id}/enable`, { enabled: true });
    expect(on.body).toMatchObject({ enabled: true });
    const enabledAt = Date.now();
    await expect
      .poll(
        async () => {
          await report(platform, { device: `${metric}-on`, metric, values: [99] });
          return (await alertsOf(platform, { rule_id: rule.rule_id })).map(({ device_id }) => device_id);
        },
        { interval: 100 },
      )
      .toEqual([`${metric}-on`]);
    expect(Date.now() - enabledAt).toBeLessThan(5_000);
    expect((await platform.put(`${RULES}/rul_0none/enable`, { enabled: true })).status).toBe(404);
    expect((await platform.put(`${RULES}/${rule.rule_id}/enable`, {})).status).toBe(400);
  });

  it("is replaced whole, and deleted together with its open alerts", async () => {
    const rule = await createRule(platform, {});
    const metric = String(rule.metric_name);
    const changed = { name: "Hotter", metric_name: metric, condition: ">=", threshold_value: 50 };
    const { body } = await platform.put<RuleAnswer>(`${RULES}/${rule.rule_id}`, changed);
    expect(body).toMatchObject({ ...changed, rule_id: rule.rule_id, created_at: rule.created_at });
    const device = fresh("pump");
    await expect
      .poll(
        async () => {
          await report(platform, { device, metric, values: [50] });
          return (await alertsOf(platform, { device_id: device })).length;
        },
        { interval: 100 },
      )
      .toBe(1);
    expect((await platform.delete(`${RULES}/${rule.rule_id}`)).status).toBe(200);
    expect((await platform.delete(`${RULES}/${rule.rule_id}`)).status).toBe(404);
    expect(await alertsOf(platform, { device_id: device })).toMatchObject([
      { status: "resolved", resolved_by: "auto", resolution_note: "its rule was deleted" },
    ]);
  });
});

describe("POST /api/v1/telemetry/alerts/rules/preview", () => {
  it("says when a rule would have raised alerts, and agrees with what was raised", async () => {
    const rule = await createRule(platform, { trigger_count: 2, evaluation_window: 60, cooldown_minutes: 0 });
    const metric = String(rule.metric_name);
    const device = fresh("pump");
    await report(platform, { device, metric, values: [95, 10, 96, 97, 20], secondsAgo: 30 });
    const raised = await alertOf(platform, device, { breaches: 2 });
    const range = { start_time: at(Date.now() - 3_600_000), end_time: at(Date.now() + 1_000) };
    const preview = async (of: object) =>
      (await platform.post<{ alerts: object[] }>(`${RULES}/preview`, { ...of, ...range })).body;
    await expect
      .poll(() => preview({ rule_id: rule.rule_id }))
      .toMatchObject({ points_evaluated: 5, devices_evaluated: 1, truncated: false });
    expect((await preview({ rule_id: rule.rule_id })).alerts).toEqual([
      {
        ...{ device_id: device, kind: "threshold", triggered_at: raised.triggered_at, resolved_at: null },
        ...{ breaches: 2, current_value: 97 },
      },
    ]);
    const other = {
      name: "x",
      metric_name: metric,
      condition: "<",
      threshold_value: 15,
      auto_resolve_timeout: 2,
    };
    expect(await preview({ rule: other })).toMatchObject({
      count: 1,
      alerts: [{ resolved_at: expect.any(String) }],
    });
    expect(await preview({ rule: { ...other, device_groups: ["nobody"] } })).toMatchObject({ count: 0 });
  });

  it.each([
    [{}, 422],
    [{ rule_id: "rul_0none" }, 404],
    [{ rule: asDocumented, end_time: "2025-12-17T00:00:00Z" }, 422],
    [{ rule: asDocumented, start_time: "2025-01-01T00:00:00Z" }, 422],
  ])("answers %j with %i", async (given, expected) => {
    const range = { start_time: "2025-12-17T00:00:00Z", end_time: "2025-12-18T00:00:00Z" };
    expect((await platform.post(`${RULES}/preview`, { ...range, ...given })).status).toBe(expected);
  });
});
