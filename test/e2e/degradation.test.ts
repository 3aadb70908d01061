import { afterAll, beforeAll, expect, it } from "vitest";
import { UnavailableError } from "../../layers/core/errors.ts";
import { alertOf, createRule, fresh, report } from "../alerts.ts";
import { type Platform, startPlatform } from "../platform.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(async () => {
  await platform.stop();
});

it("stores measurements while alerts cannot be evaluated, and evaluates them once they can [NFR-005]", async () => {
  const rule = await createRule(platform, {});
  const [metric, device] = [String(rule.metric_name), fresh("pump")];
  const { rules } = platform.runtime.dependencies.registry;
  const { revision } = rules;
  rules.revision = async () => {
    throw new UnavailableError("the rules are away");
  };
  await report(platform, { device, metric, values: [95, 96, 97] });
  const latest = () =>
    platform.get<{ value: number }>(`/api/v1/telemetry/devices/${device}/metrics/${metric}/latest`);
  await expect.poll(async () => (await latest()).body.value).toBe(97);
  rules.revision = revision;
  await alertOf(platform, device, { breaches: 3, current_value: 97 });
});
