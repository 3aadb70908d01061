import { expect, it } from "vitest";
import type { OpenRegistry } from "../port.contract.ts";
import type { Registry } from "../port.ts";
import { judge, NOON, observed, ruleOf, seconds, tellWith } from "./alert-samples.ts";

const everything = { limit: 100, offset: 0 };
const acknowledged = tellWith("acknowledged");
const resolved = tellWith("resolved");

export function alertsContract(open: OpenRegistry): void {
  const rule = ruleOf();

  async function raise(registry: Registry, ...devices: string[]): Promise<void> {
    const points = Object.fromEntries(devices.map((device) => [device, [observed(1, 95)]]));
    await judge(registry, rule, { message: `raise ${devices}`, points });
  }

  async function withRule(): Promise<Registry> {
    const registry = open();
    await registry.rules.create(rule, []);
    return registry;
  }

  const told = async ({ outbox }: Registry): Promise<string[]> => {
    const types: string[] = [];
    await outbox.drain(async (events) => void types.push(...events.map(({ type }) => type)), 100);
    return types;
  };

  it("raises, holds and resolves an alert, and counts what breached it [FR-014]", async () => {
    const registry = await withRule();
    await raise(registry, "d1");
    await judge(registry, rule, { message: "2", points: { d1: [observed(20, 97), observed(10, 99)] } });
    const [alert] = (await registry.alerts.list(everything)).alerts;
    expect(alert).toMatchObject({ ruleId: "rul_hot", deviceId: "d1", status: "active", level: "warning" });
    expect(alert).toMatchObject({
      triggeredAt: seconds(1),
      breaches: 3,
      lastBreachAt: seconds(20),
      currentValue: 97,
    });
    expect(alert).toMatchObject({
      condition: ">",
      threshold: 90,
      notificationChannels: ["ops"],
      silenced: false,
    });
    expect(await judge(registry, rule, { message: "3", mark: seconds(620) })).toEqual([]);
    const [over] = await judge(registry, rule, { message: "4", mark: seconds(621) });
    expect(over).toEqual({ ...alert, status: "resolved", resolvedBy: "auto", resolvedAt: seconds(620) });
    expect(await registry.rules.find(rule.ruleId)).toMatchObject({
      totalTriggers: 1,
      lastTriggered: seconds(1),
    });
  });

  it("judges a message once, and forgets what is of no more use", async () => {
    const registry = await withRule();
    await raise(registry, "d1");
    await raise(registry, "d1");
    await judge(registry, rule, { message: "2", mark: seconds(700) });
    await judge(registry, rule, { message: "3", mark: seconds(100_000) });
    const { alerts } = await registry.alerts.list(everything);
    expect(alerts.map(({ breaches, status }) => [breaches, status])).toEqual([[1, "resolved"]]);
    // A pair that was remembered would still be cooling down.
    await judge(registry, rule, { message: "4", points: { d1: [observed(2, 95)] } });
    expect((await registry.alerts.list(everything)).count).toBe(2);
  });

  it("judges by no rule that is off or gone", async () => {
    const registry = await withRule();
    await registry.rules.setEnabled(rule.ruleId, false, NOON, []);
    await raise(registry, "d1");
    await judge(registry, ruleOf({ ruleId: "rul_gone" }), {
      message: "2",
      points: { d1: [observed(1, 99)] },
    });
    expect((await registry.alerts.list(everything)).count).toBe(0);
  });

  it("never has two open alerts of one rule and device, however many judge at once [FR-016]", async () => {
    const registries = [await withRule(), open(), open()];
    const devices = Array.from({ length: 20 }, (_, n) => `d${n}`);
    await Promise.all(
      Array.from({ length: 30 }, (_, n) => {
        const points = Object.fromEntries(devices.map((device) => [device, [observed(n, 91 + n)]]));
        const registry = registries[n % registries.length] as Registry;
        return judge(registry, rule, { message: `m${n}`, points });
      }),
    );
    const { alerts, activeCount } = await (registries[0] as Registry).alerts.list(everything);
    expect(activeCount).toBe(devices.length);
    expect(new Set(alerts.map(({ deviceId }) => deviceId)).size).toBe(devices.length);
    expect(alerts.every(({ breaches }) => breaches === 30)).toBe(true);
  });

  it("resolves in the new time what was raised by a rule that changed since", async () => {
    const registry = await withRule();
    await raise(registry, "d1");
    const hasty = ruleOf({ autoResolveTimeoutSeconds: 60 });
    await registry.rules.replace(hasty, []);
    const [over] = await judge(registry, hasty, { message: "2", mark: seconds(100) });
    expect(over).toMatchObject({ deviceId: "d1", resolvedAt: seconds(61) });
  });

  it("takes nobody for silent who reported while the rule was off", async () => {
    const registry = open();
    const watchful = ruleOf({ noDataSeconds: 60 });
    await registry.rules.create(watchful, []);
    await judge(registry, watchful, { message: "1", points: { d1: [observed(1, 5)], d2: [observed(1, 5)] } });
    await registry.rules.setEnabled(watchful.ruleId, false, NOON, []);
    await registry.rules.setEnabled(watchful.ruleId, true, NOON, []);
    await judge(registry, watchful, { message: "2", mark: seconds(1_000) });
    expect((await registry.alerts.list(everything)).count).toBe(0);
    await judge(registry, watchful, { message: "3", points: { d1: [observed(1_001, 5)] } });
    await judge(registry, watchful, { message: "4", mark: seconds(1_062) });
    expect((await registry.alerts.list(everything)).alerts).toMatchObject([
      { deviceId: "d1", kind: "no_data" },
    ]);
  });

  it("acknowledges what is active, once, with its event [FR-015]", async () => {
    const registry = await withRule();
    await raise(registry, "d1");
    const [raised] = (await registry.alerts.list(everything)).alerts;
    const deed = { by: "key_7", at: seconds(9), note: "on it" };
    const first = await registry.alerts.acknowledge(raised?.alertId ?? "", deed, acknowledged);
    expect(first).toEqual({
      changed: true,
      alert: {
        ...raised,
        status: "acknowledged",
        ...{ acknowledgedBy: "key_7", acknowledgedAt: seconds(9), acknowledgementNote: "on it" },
      },
    });
    const again = await registry.alerts.acknowledge(
      raised?.alertId ?? "",
      { ...deed, by: "key_8" },
      acknowledged,
    );
    expect(again).toEqual({ ...first, changed: false });
    expect(await registry.alerts.acknowledge("alr_none", deed, acknowledged)).toBeUndefined();
    expect(await told(registry)).toEqual(["alert.acknowledged"]);
  });

  it("resolves by hand what is open, once; what breached before raises no other [FR-015]", async () => {
    const registry = await withRule();
    await raise(registry, "d1");
    const [raised] = (await registry.alerts.list(everything)).alerts;
    const deed = { by: "key_7", at: seconds(2_000) };
    const first = await registry.alerts.resolve(raised?.alertId ?? "", deed, resolved);
    expect(first).toMatchObject({ changed: true, alert: { status: "resolved", resolvedBy: "key_7" } });
    expect(await registry.alerts.resolve(raised?.alertId ?? "", deed, resolved)).toMatchObject({
      changed: false,
    });
    await judge(registry, rule, { message: "late", points: { d1: [observed(1_999, 99)] } });
    expect((await registry.alerts.list(everything)).activeCount).toBe(0);
    await judge(registry, rule, { message: "new", points: { d1: [observed(2_001, 99)] } });
    expect((await registry.alerts.list(everything)).activeCount).toBe(1);
    expect(await told(registry)).toEqual(["alert.resolved"]);
  });

  it("resolves all of a device, or of a rule that is removed", async () => {
    const registry = await withRule();
    await raise(registry, "d1", "d2", "d3");
    const deed = { by: "device", at: seconds(5) };
    expect(await registry.alerts.close({ deviceId: "d2" }, deed, resolved)).toBe(1);
    expect(await registry.alerts.close({ deviceId: "d2" }, deed, resolved)).toBe(0);
    expect(
      await registry.rules.remove(rule.ruleId, [], { deed: { ...deed, by: "rule" }, tell: resolved }),
    ).toBe(true);
    const { alerts, activeCount } = await registry.alerts.list(everything);
    expect(activeCount).toBe(0);
    expect(alerts.map(({ deviceId, resolvedBy }) => `${deviceId} ${resolvedBy}`).sort()).toEqual([
      "d1 rule",
      "d2 device",
      "d3 rule",
    ]);
    expect(await told(registry)).toEqual(["alert.resolved", "alert.resolved", "alert.resolved"]);
  });

  it("lists the one triggered last first, by status, level, device and time, and counts [FR-015]", async () => {
    const registry = await withRule();
    const critical = ruleOf({ ruleId: "rul_critical", level: "critical" });
    await registry.rules.create(critical, []);
    await raise(registry, "d1", "d2");
    await judge(registry, critical, { message: "c", points: { d1: [observed(50, 99)] } });
    await registry.alerts.close({ deviceId: "d2" }, { by: "x", at: seconds(60) }, resolved);
    const found = async (filter: object) => {
      const page = await registry.alerts.list({ ...everything, ...filter });
      const names = page.alerts.map(({ ruleId, deviceId }) => `${ruleId.slice(4)} ${deviceId}`);
      return [...names.slice(0, 1), page.count, page.activeCount, page.criticalCount];
    };
    expect(await found({})).toEqual(["critical d1", 3, 2, 1]);
    expect(await found({ status: "resolved" })).toEqual(["hot d2", 1, 0, 0]);
    expect(await found({ level: "critical" })).toEqual(["critical d1", 1, 1, 1]);
    expect(await found({ deviceId: "d2" })).toEqual(["hot d2", 1, 0, 0]);
    expect(await found({ from: seconds(2) })).toEqual(["critical d1", 1, 1, 1]);
    expect(await found({ to: seconds(2), ruleId: "rul_critical" })).toEqual([0, 0, 0]);
    expect(await registry.alerts.openCounts()).toEqual(
      expect.arrayContaining([
        { level: "critical", status: "active", count: 1 },
        { level: "warning", status: "active", count: 1 },
      ]),
    );
    expect(await registry.alerts.countSince(NOON)).toBe(3);
    expect(await registry.alerts.countSince(seconds(2), "d1")).toBe(1);
  });

  it("keeps breaches that came too late, and raises nothing for them", async () => {
    const registry = await withRule();
    const late = { ...observed(1, 99), acceptedAt: seconds(86_400) };
    await judge(registry, rule, { message: "late", points: { d1: [late, { ...late, time: seconds(2) }] } });
    expect((await registry.alerts.list(everything)).count).toBe(0);
  });
}
