import { expect } from "vitest";
import { BOOTSTRAP_KEY_ID } from "../../layers/lambda/auth.ts";
import { ALERTS, alertOf, createRule, report } from "../alerts.ts";
import type { Platform } from "../platform.ts";
import { at } from "../points.ts";

/** By the names of parameters of paths and queries. */
export type Ids = Readonly<Record<string, string>>;

const DEVICE = "device_001";
const METRIC = "temperature";
const DAY = 86_400_000;

/** Fills a platform with one of each, so that questions about it find something. */
export async function settle(platform: Platform): Promise<{ residents: Ids; spared: Ids }> {
  await report(platform, { device: DEVICE, metric: METRIC, values: [20, 21, 22] });
  await expect.poll(async () => (await platform.get(`/api/v1/devices/${DEVICE}`)).status).toBe(200);
  const { rule_id } = await createRule(platform, {});
  const alert = await raiseAlert(platform);
  const residents = {
    ...{ device_id: DEVICE, device_ids: DEVICE, metric_name: METRIC, metric_names: METRIC },
    ...{ rule_id, alert_id: alert.alert_id, silence_id: await silence(platform) },
    ...{ start_time: at(Date.now() - DAY), end_time: at(Date.now() + DAY) },
    asset: "rapidoc-min.js",
  };
  return { residents, spared: { key_id: BOOTSTRAP_KEY_ID, rule_id: alert.rule_id } };
}

/** Of a device and a metric that nothing else is about, so that it lasts until somebody resolves it. */
async function raiseAlert(platform: Platform) {
  const [device, metric] = ["pump", "pressure"];
  await createRule(platform, { metric_name: metric });
  await report(platform, { device, metric, values: [95, 96, 97] });
  return alertOf(platform, device, { breaches: 3 });
}

async function silence(platform: Platform): Promise<string> {
  const given = { device_ids: ["device_002"], ends_at: at(Date.now() + DAY), reason: "maintenance" };
  const { body } = await platform.post<{ silence_id: string }>(`${ALERTS}/silences`, given);
  return body.silence_id;
}
