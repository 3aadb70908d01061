import { afterAll, beforeAll, expect, it } from "vitest";
import { startHostMetrics } from "../../apps/local/host-metrics.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { silentLogger } from "../silent-logger.ts";

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

it("sends this machine's own metrics until it is stopped", async () => {
  const { url, apiKey } = platform;
  const home = process.cwd();
  const options = { url, apiKey, home, interval: "100ms", deviceId: "here", logger: silentLogger };
  const metrics = await startHostMetrics(options);
  const names = async () => (await platform.get<string[]>("/api/v1/telemetry/devices/here/metrics")).body;
  await expect
    .poll(names, { timeout: 20_000 })
    .toEqual(expect.arrayContaining(["cpu.percent", 'cpu.percent{core="0"}', "load.1m", "memory.available"]));
  await metrics.stop();
  expect(await names()).toContain(`disk.free{path="${home}"}`);
  const latest = await platform.get("/api/v1/telemetry/devices/here/metrics/memory.used/latest");
  expect(latest.body).toMatchObject({ unit: "bytes", value: expect.any(Number) });
});
