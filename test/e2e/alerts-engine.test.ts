import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALERTS, alertOf, alertsOf, createRule, fresh, RULES, report, tick } from "../alerts.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { at } from "../points.ts";
import { type SlackServer, startSlack } from "../slack.ts";

let platform: Platform;
let slack: SlackServer;

beforeAll(async () => {
  slack = await startSlack();
  platform = await startPlatform({ notifications: { allowLoopback: true, timeoutMs: 1_000 } });
});

afterAll(async () => {
  await platform.stop();
  await slack.close();
});

/** A channel that listens to nothing: only rules that name it tell it anything. */
async function channel(): Promise<string> {
  const name = fresh("crew").replace("_", "-");
  const given = { name, kind: "slack", url: slack.webhook, events: ["nothing.else"] };
  expect((await platform.post("/api/v1/channels", given)).status).toBe(201);
  return name;
}

interface Told {
  state: string;
  event_id: string;
}

/** The events that a channel was told of, in the order in which it was. */
async function toldTo(name: string): Promise<string[]> {
  const { body } = await platform.get<{ deliveries: Told[] }>(`/api/v1/channels/${name}/deliveries`);
  return body.deliveries.map(({ state, event_id }) => `${event_id} ${state}`).reverse();
}

describe("an alert that a rule raises", () => {
  it("is told to the rule's channels once, and its end, too [FR-014]", async () => {
    const name = await channel();
    const rule = await createRule(platform, { notification_channels: [name], auto_resolve_timeout: 5 });
    const device = fresh("pump");
    const metric = String(rule.metric_name);
    await report(platform, { device, metric, values: [95, 96, 97], secondsAgo: 60 });
    const { alert_id } = await alertOf(platform, device, { breaches: 3 });
    await expect.poll(() => toldTo(name)).toEqual([`${alert_id}.triggered sent`]);
    await tick(platform);
    await expect
      .poll(() => toldTo(name))
      .toEqual([`${alert_id}.triggered sent`, `${alert_id}.resolved sent`]);
  });

  it("is told to nobody who silenced it: neither that it began nor that it is over", async () => {
    const name = await channel();
    const rule = await createRule(platform, { notification_channels: [name] });
    const metric = String(rule.metric_name);
    const [quiet, loud] = [fresh("pump"), fresh("pump")];
    const silence = { device_ids: [quiet], ends_at: at(Date.now() + 60_000), reason: "maintenance" };
    const given = { ...silence, starts_at: at(Date.now() - 60_000) };
    expect((await platform.post(`${ALERTS}/silences`, given)).status).toBe(201);
    // The rules of a second ago may still be in use.
    await expect
      .poll(
        async () => {
          await report(platform, { device: quiet, metric, values: [95] });
          return alertsOf(platform, { device_id: quiet });
        },
        { interval: 100 },
      )
      .toMatchObject([{ silenced: true }]);
    const { alert_id } = await alertOf(platform, quiet);
    expect((await platform.put(`${ALERTS}/${alert_id}/resolve`, {})).status).toBe(200);
    // A queue keeps its order: once this is told, so would be whatever was published before.
    await report(platform, { device: loud, metric, values: [95] });
    const alert = await alertOf(platform, loud);
    await expect.poll(() => toldTo(name)).toEqual([`${alert.alert_id}.triggered sent`]);
  });

  it("knows the event that it follows from: the measurements [FR-019]", async () => {
    const { metric_name } = await createRule(platform, {});
    const device = fresh("pump");
    await report(platform, { device, metric: String(metric_name), values: [95] });
    const { alert_id } = await alertOf(platform, device);
    const found = async () => {
      const { body } = await platform.get<{ events: { event: { parentids?: string } }[] }>(
        `/api/v1/events/${alert_id}.triggered`,
      );
      return body.events;
    };
    await expect
      .poll(found)
      .toMatchObject([{ event: { parentids: expect.stringMatching(/^\/telemetry\/ingest#/) } }]);
  });
});

describe("a rule that is turned off", () => {
  it("raises nothing from then on, and again once it is on [E4-US4 AC4]", async () => {
    const rule = await createRule(platform, {});
    const metric = String(rule.metric_name);
    const other = await createRule(platform, { metric_name: metric });
    const path = `${RULES}/${rule.rule_id}/enable`;
    expect((await platform.put(path, { enabled: false })).status).toBe(200);
    const device = fresh("pump");
    await report(platform, { device, metric, values: [95] });
    // Both judge the point at once: when the other has, this one would have, too.
    await alertOf(platform, device, { rule_id: other.rule_id });
    await platform.put(path, { enabled: true });
    const raised = async () => {
      await report(platform, { device, metric, values: [95] });
      return (await alertsOf(platform, { device_id: device })).map(({ rule_id }) => rule_id).sort();
    };
    await expect.poll(raised, { interval: 200 }).toEqual([rule.rule_id, other.rule_id].sort());
  });
});
