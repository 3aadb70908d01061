import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../../layers/core/clock.ts";
import { UnavailableError } from "../../../../layers/core/errors.ts";
import { silentLogger } from "../../../../test/silent-logger.ts";
import { deviceOf } from "../../device.ts";
import type { MetricEntry } from "../../entries.ts";
import type { Source } from "../../source.ts";
import { hostMetricsSettings } from "./settings.ts";
import { createHostMetricsSource } from "./source.ts";

let source: Source;
afterEach(() => source?.stop());

async function started(append: (entries: readonly MetricEntry[]) => Promise<void>): Promise<Source> {
  const settings = hostMetricsSettings.parse({ interval: "100ms", device_id: "here" });
  source = createHostMetricsSource(settings, { sink: { append }, clock: systemClock, logger: silentLogger });
  await source.start();
  return source;
}

describe("createHostMetricsSource", () => {
  it("appends what it sees at each look until it is stopped, and says how much", async () => {
    const taken: MetricEntry[] = [];
    await started(async (entries) => void taken.push(...entries));
    await expect.poll(() => taken.map(({ metric_name }) => metric_name)).toContain("cpu.percent");
    await source.stop();
    expect(source.status).toEqual({ collected: taken.length, lastSuccessAt: expect.any(Number) });
    expect(new Set(taken.map(({ device_id }) => device_id))).toEqual(new Set(["here"]));
  });

  it("says why nothing can be appended, and goes on when it can", async () => {
    let full = true;
    await started(async () => {
      if (full) throw new UnavailableError("the disk is full");
    });
    await expect.poll(() => source.status).toEqual({ collected: 0, lastError: "the disk is full" });
    full = false;
    await expect.poll(() => source.status.collected).toBeGreaterThan(0);
    expect(source.status.lastError).toBeUndefined();
  });
});

describe("hostMetricsSettings", () => {
  it("has a default for everything, and takes no key that it does not know", () => {
    expect(hostMetricsSettings.parse({})).toMatchObject({ interval: 10_000, paths: [] });
    expect(hostMetricsSettings.safeParse({ every: "10s" }).success).toBe(false);
    expect(hostMetricsSettings.safeParse({ interval: "10" }).success).toBe(false);
  });

  it.each([
    ["web-1.example.com", "web-1.example.com"],
    ["_büro 1", "b-ro-1"],
    ["", "localhost"],
  ])("makes a device id of the host name %j", (host, id) => {
    expect(deviceOf(host)).toBe(id);
  });
});
