import { afterAll, beforeAll, expect, it } from "vitest";
import { type Platform, startPlatform } from "../platform.ts";
import { type EdgeAgent, startEdge } from "./agent.ts";

// What the agent collects by itself, found in the platform.

let platform: Platform;
let agent: EdgeAgent;
const path = process.cwd();

beforeAll(async () => {
  platform = await startPlatform();
  const host_metrics = { interval: "100ms", device_id: "here", paths: [path] };
  agent = await startEdge({ ...platform, config: { sources: { host_metrics } } });
});

afterAll(async () => {
  await agent.discard();
  await platform.stop();
});

it("sends this machine's own metrics to the platform, and says how many [EDGE-04, EDGE-09]", async () => {
  const names = async () => (await platform.get<string[]>("/api/v1/telemetry/devices/here/metrics")).body;
  await expect
    .poll(names)
    .toEqual(
      expect.arrayContaining([
        ...[
          "cpu.percent",
          'cpu.percent{core="0"}',
          "load.1m",
          "memory.available",
          `disk.free{path="${path}"}`,
        ],
      ]),
    );
  // Of another partition than the names above, perhaps.
  const latest = async () =>
    (await platform.get("/api/v1/telemetry/devices/here/metrics/memory.used/latest")).body;
  await expect.poll(latest).toMatchObject({ unit: "bytes", value: expect.any(Number) });
  const { body } = await agent.get("/status");
  expect(body).toMatchObject({ sources: { host_metrics: { collected: expect.any(Number) } } });
});
