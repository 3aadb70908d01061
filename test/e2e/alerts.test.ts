import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ALERTS,
  type AlertAnswer,
  type AlertList,
  alertOf,
  alertsOf,
  createRule,
  fresh,
  report,
  tick,
  toldOf,
} from "../alerts.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { at } from "../points.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(async () => {
  await platform.stop();
});

/** A rule of its own with a device that breaches it. */
async function breached(given: Record<string, unknown> = {}) {
  const rule = await createRule(platform, given);
  const metric = String(rule.metric_name);
  const device = fresh("pump");
  await report(platform, { device, metric, values: [95], secondsAgo: 1 });
  return { rule, metric, device, alert: await alertOf(platform, device) };
}

describe("evaluation", () => {
  it("raises an alert within two seconds of the point [FR-014]", async () => {
    const { rule } = await breached();
    const device = fresh("pump");
    const sentAt = Date.now();
    await report(platform, { device, metric: String(rule.metric_name), values: [95] });
    await alertOf(platform, device, { status: "active", current_value: 95, rule_id: rule.rule_id });
    expect(Date.now() - sentAt).toBeLessThan(2_000);
  });

  it("asks for as many breaches as the rule does, and counts on while the alert is open", async () => {
    const rule = await createRule(platform, { trigger_count: 3 });
    const [metric, device] = [String(rule.metric_name), fresh("pump")];
    await report(platform, { device, metric, values: [95, 20, 95], secondsAgo: 20 });
    await report(platform, { device, metric, values: [96, 97], secondsAgo: 10 });
    await alertOf(platform, device, { breaches: 2, current_value: 97 });
  });

  it("raises none again while it cools down, and one afterwards [FR-016]", async () => {
    const cooling = await breached({ cooldown_minutes: 60 });
    const free = await breached({ cooldown_minutes: 0 });
    for (const { metric, device, alert } of [cooling, free]) {
      await platform.put(`${ALERTS}/${alert.alert_id}/resolve`, {});
      await report(platform, { device, metric, values: [99] });
    }
    await expect.poll(async () => (await alertsOf(platform, { device_id: free.device })).length).toBe(2);
    expect(await alertsOf(platform, { device_id: cooling.device })).toHaveLength(1);
  });

  it("resolves by itself what nothing holds any more, and tells so [E4-US7 AC5, FR-019]", async () => {
    const rule = await createRule(platform, { auto_resolve_timeout: 5 });
    const [metric, device] = [String(rule.metric_name), fresh("pump")];
    await report(platform, { device, metric, values: [95], secondsAgo: 60 });
    const alert = await alertOf(platform, device);
    await tick(platform);
    await alertOf(platform, device, { status: "resolved", resolved_by: "auto" });
    await expect
      .poll(() => toldOf(platform, { alert_id: alert.alert_id }))
      .toEqual(["alert.resolved", "alert.triggered"]);
  });

  it("holds an alert until values are past the recovery threshold", async () => {
    const rule = await createRule(platform, { auto_resolve_timeout: 20, recovery_threshold: 80 });
    const metric = String(rule.metric_name);
    const [held, freed] = [fresh("pump"), fresh("pump")];
    for (const device of [held, freed]) {
      await report(platform, { device, metric, values: [95], secondsAgo: 60 });
      await report(platform, { device, metric, values: [device === held ? 85 : 75], secondsAgo: 20 });
      await alertOf(platform, device);
    }
    await tick(platform);
    await alertOf(platform, freed, { status: "resolved" });
    expect(await alertsOf(platform, { device_id: held })).toMatchObject([{ status: "active" }]);
  });

  it("raises an alert when a device falls silent, and resolves it when it reports again", async () => {
    const rule = await createRule(platform, { no_data_seconds: 10 });
    const [metric, device] = [String(rule.metric_name), fresh("pump")];
    await report(platform, { device, metric, values: [5], secondsAgo: 60 });
    await expect
      .poll(
        async () => {
          await tick(platform);
          return alertsOf(platform, { device_id: device });
        },
        { interval: 200 },
      )
      .toMatchObject([{ kind: "no_data", status: "active", current_value: null }]);
    await report(platform, { device, metric, values: [6] });
    await alertOf(platform, device, { status: "resolved" });
  });

  it("pages nobody for what a device reports of yesterday, and is right about the present at once", async () => {
    const { rule } = await breached();
    const [metric, device] = [String(rule.metric_name), fresh("pump")];
    await report(platform, { device, metric, values: [91, 92, 93], secondsAgo: 86_400 });
    await report(platform, { device, metric, values: [94] });
    await alertOf(platform, device, { breaches: 1, current_value: 94 });
  });

  it("counts a request that is repeated once", async () => {
    const { metric, device } = await breached();
    const path = `/api/v1/telemetry/devices/${device}/telemetry/batch`;
    const data_points = [{ timestamp: at(Date.now() - 500), metric_name: metric, value: 98 }];
    for (let n = 0; n < 3; n++) await platform.post(path, { data_points, batch_id: "same" });
    await report(platform, { device, metric, values: [99] });
    await alertOf(platform, device, { breaches: 3, current_value: 99 });
  });

  it("raises in a silence, and says that nobody was told", async () => {
    const device = fresh("pump");
    const silence = { device_ids: [device], ends_at: at(Date.now() + 60_000), reason: "maintenance" };
    const { status, body } = await platform.post<{ silence_id: string }>(`${ALERTS}/silences`, {
      ...silence,
      starts_at: at(Date.now() - 60_000),
    });
    expect(status).toBe(201);
    const rule = await createRule(platform, {});
    await report(platform, { device, metric: String(rule.metric_name), values: [95] });
    await alertOf(platform, device, { silenced: true, status: "active" });
    const listed = await platform.get<{ silences: { silence_id: string }[] }>(`${ALERTS}/silences`);
    expect(listed.body.silences).toMatchObject([{ silence_id: body.silence_id, ...silence }]);
    expect((await platform.delete(`${ALERTS}/silences/${body.silence_id}`)).status).toBe(200);
    expect((await platform.delete(`${ALERTS}/silences/${body.silence_id}`)).status).toBe(404);
    expect((await platform.post(`${ALERTS}/silences`, { ...silence, ends_at: at(0) })).status).toBe(422);
  });
});

describe("GET /api/v1/telemetry/alerts", () => {
  it("lists the newest first, by status, level, device and time, in pages [E4-US5 AC1, E4-US5 AC2, E4-US5 AC3, E4-US5 AC4, E4-US5 AC5]", async () => {
    const rule = await createRule(platform, { level: "critical" });
    const metric = String(rule.metric_name);
    const device = fresh("pump");
    const devices = [device, fresh("pump"), fresh("pump")];
    for (const [i, name] of devices.entries()) {
      await report(platform, { device: name, metric, values: [95], secondsAgo: 30 - i * 10 });
      await alertOf(platform, name);
    }
    const list = async (query: Record<string, string>) => {
      const params = new URLSearchParams({ rule_id: rule.rule_id, ...query });
      return (await platform.get<AlertList>(`${ALERTS}?${params}`)).body;
    };
    const all = await list({});
    expect(all).toMatchObject({ count: 3, active_count: 3, critical_count: 3, limit: 100, offset: 0 });
    expect(all.alerts.map(({ device_id }) => device_id)).toEqual(devices.toReversed());
    const [newest, middle] = all.alerts;
    expect(await list({ status: "active", level: "critical", limit: "1", offset: "1" })).toMatchObject({
      alerts: [middle],
      count: 3,
      filters: { status: "active", level: "critical" },
    });
    expect(await list({ device_id: device })).toMatchObject({ count: 1, active_count: 1 });
    expect(await list({ status: "resolved" })).toMatchObject({ alerts: [], count: 0, active_count: 0 });
    expect((await list({ start_time: newest?.triggered_at ?? "" })).count).toBe(1);
    expect((await list({ end_time: newest?.triggered_at ?? "" })).count).toBe(2);
  });
});

describe("an alert", () => {
  it("is acknowledged, with a note, by whom and when [E4-US6 AC1, E4-US6 AC2, E4-US6 AC3, E4-US6 AC4, E4-US6 AC5, FR-015]", async () => {
    const { alert } = await breached();
    const path = `${ALERTS}/${alert.alert_id}/acknowledge`;
    const { status, body } = await platform.put<{ alert: AlertAnswer }>(path, { note: "on my way" });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      success: true,
      alert: { status: "acknowledged", acknowledged_by: "key_admin", acknowledgement_note: "on my way" },
    });
    expect(Date.parse(String(body.alert.acknowledged_at))).toBeGreaterThan(Date.now() - 30_000);
    expect((await platform.get(`${ALERTS}/${alert.alert_id}`)).body).toEqual(body.alert);
    expect((await platform.put(path, {})).status).toBe(409);
    await expect
      .poll(() => toldOf(platform, { alert_id: alert.alert_id }))
      .toEqual(["alert.acknowledged", "alert.triggered"]);
  });

  it("is resolved, with a note, by whom and when [E4-US7 AC1, E4-US7 AC2, E4-US7 AC3, E4-US7 AC4, E4-US7 AC6, FR-015]", async () => {
    const { alert } = await breached();
    const path = `${ALERTS}/${alert.alert_id}/resolve`;
    const { body } = await platform.put<{ alert: AlertAnswer }>(path, { note: "new fan" });
    expect(body).toMatchObject({
      success: true,
      alert: { status: "resolved", resolved_by: "key_admin", resolution_note: "new fan" },
    });
    expect((await platform.put(path, {})).status).toBe(409);
    expect((await platform.put(`${ALERTS}/${alert.alert_id}/acknowledge`, {})).status).toBe(409);
    await expect
      .poll(() => toldOf(platform, { alert_id: alert.alert_id }))
      .toEqual(["alert.resolved", "alert.triggered"]);
  });

  it("that there is not is 404, whatever is to be done with it", async () => {
    const path = `${ALERTS}/alr_0none`;
    expect((await platform.get(path)).status).toBe(404);
    for (const deed of ["acknowledge", "resolve"]) {
      expect((await platform.put(`${path}/${deed}`, {})).status).toBe(404);
    }
  });
});
