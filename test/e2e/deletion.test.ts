import { afterAll, beforeAll, expect, it } from "vitest";
import { changeOf, deviceEvent, publishChange } from "../changes.ts";
import { type Platform, type Problem, startPlatform } from "../platform.ts";
import { minutesAgo, point } from "../points.ts";

const PATIENCE = { timeout: 20_000 };

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(() => platform.stop());

const device = (id: string) => `/api/v1/telemetry/devices/${id}`;
const report = (id: string, given = {}) => platform.post<Problem>(`${device(id)}/telemetry`, point(given));

async function pointsOf(id: string): Promise<number> {
  const { body } = await platform.get<{ data_points_count: number }>(`${device(id)}/stats`);
  return body.data_points_count;
}

const statusOfReport = async (id: string) => (await report(id)).status;

interface Rule {
  device_ids: string[];
  enabled: boolean;
}

interface Alerts {
  alerts: { alert_id: string; status: string; resolution_note: string | null }[];
}

it("takes what is kept of a deleted device away, and no points until it registers again [FR-020]", async () => {
  const ruleFor = async (device_ids: string[]) => {
    const given = {
      name: "hot",
      metric_name: "temperature",
      condition: ">",
      threshold_value: 90,
      device_ids,
    };
    const { body } = await platform.post<{ rule_id: string }>("/api/v1/telemetry/alerts/rules", given);
    return body.rule_id;
  };
  const [own, shared] = [await ruleFor(["gone"]), await ruleFor(["gone", "stays"])];
  const rule = async (id: string) => (await platform.get<Rule>(`/api/v1/telemetry/alerts/rules/${id}`)).body;
  const alerts = async () =>
    (await platform.get<Alerts>("/api/v1/telemetry/alerts?device_id=gone")).body.alerts;
  await expect
    .poll(async () => {
      await report("gone", { value: 99 });
      return (await alerts()).length;
    }, PATIENCE)
    .toBe(2);
  await report("stays", { timestamp: minutesAgo(1) });
  await expect.poll(() => pointsOf("stays"), PATIENCE).toBe(1);

  const deletion = deviceEvent("device.deleted", "gone");
  await publishChange(platform, [deletion, deletion]);
  await expect.poll(() => statusOfReport("gone"), PATIENCE).toBe(422);
  const resolved = { status: "resolved", resolution_note: "the device was deleted" };
  await expect.poll(alerts, PATIENCE).toMatchObject([resolved, resolved]);
  expect(await rule(own)).toMatchObject({ device_ids: [], enabled: false });
  expect(await rule(shared)).toMatchObject({ device_ids: ["stays"], enabled: true });
  expect((await platform.get("/api/v1/devices/gone")).status).toBe(404);
  await expect
    .poll(async () => {
      await platform.runtime.functions.schedule["erase-devices"]?.();
      return pointsOf("gone");
    }, PATIENCE)
    .toBe(0);
  expect(await pointsOf("stays")).toBe(1);

  const late = deviceEvent("device.registered", "gone", {}, new Date(Date.now() - 3_600_000));
  const other = deviceEvent("device.registered", "other");
  await publishChange(platform, [late, other]);
  const otherIsThere = async () => (await platform.get("/api/v1/devices/other")).status;
  await expect.poll(otherIsThere, PATIENCE).toBe(200);
  expect(await statusOfReport("gone")).toBe(422);

  await publishChange(platform, [deviceEvent("device.registered", "gone", { name: "Again" })]);
  await expect.poll(() => statusOfReport("gone"), PATIENCE).toBe(200);
  await expect.poll(() => pointsOf("gone"), PATIENCE).toBeGreaterThan(0);
  await platform.runtime.functions.schedule["erase-devices"]?.();
  expect(await pointsOf("gone")).toBeGreaterThan(0);
});

it("takes the others' points of a batch for several devices [FR-020]", async () => {
  await publishChange(platform, [deviceEvent("device.deleted", "dead")]);
  await expect.poll(() => statusOfReport("dead"), PATIENCE).toBe(422);
  const { status, body } = await platform.post<{ ingested_count: number; results: unknown }>(
    "/api/v1/telemetry/bulk",
    { dead: [point()], alive: [point()] },
  );
  expect([status, body.ingested_count]).toEqual([200, 1]);
  expect(body.results).toMatchObject({
    dead: { ingested_count: 0, errors: [{ path: "dead", message: expect.stringContaining("was deleted") }] },
    alive: { ingested_count: 1 },
  });
});

it("ends what acts in a deleted user's name, and keeps the rules [FR-020]", async () => {
  const keyNamed = async (name: string) => {
    const given = { name, scopes: ["read", "operate"] };
    return (await platform.post<{ api_key: string }>("/api/v1/keys", given)).body.api_key;
  };
  // A key that was asked for lately is remembered for half a minute: one is kept for later.
  const [key, unused, other] = [await keyNamed("user-7"), await keyNamed("user-7"), await keyNamed("user-8")];
  const given = { name: "hot", metric_name: "temperature", condition: ">", threshold_value: 90 };
  const created = await platform.post<{ rule_id: string }>("/api/v1/telemetry/alerts/rules", given, { key });
  const subscribed = await platform.post<{ subscription_id: string }>(
    "/api/v1/telemetry/subscribe",
    { device_ids: ["d1"] },
    { key },
  );
  await publishChange(platform, [changeOf("user.deleted", { user_id: "user-7" })]);
  const ticket = `/api/v1/telemetry/subscribe/${subscribed.body.subscription_id}/ticket`;
  await expect.poll(async () => (await platform.post(ticket, {})).status, PATIENCE).toBe(404);
  const statusWith = async (by: string) => (await platform.get("/api/v1/devices", { key: by })).status;
  expect([await statusWith(unused), await statusWith(other)]).toEqual([401, 200]);
  const kept = await platform.get(`/api/v1/telemetry/alerts/rules/${created.body.rule_id}`);
  expect(kept.status).toBe(200);
});
