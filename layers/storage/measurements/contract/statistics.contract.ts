import { expect, it } from "vitest";
import { versionOf } from "../../../core/measurement.ts";
import type { Measurements } from "../port.ts";
import { DAY, HOUR, MIDNIGHT, MINUTE, newName, pointOf } from "./samples.ts";

export function statisticsContract(store: () => Measurements): void {
  const pointsEvery = (deviceId: string, metricName: string, count: number, version = 1) =>
    Array.from({ length: count }, (_, i) =>
      pointOf({ deviceId, metricName, time: MIDNIGHT + i * 10 * MINUTE, value: i, version }),
    );

  const countsOf = async (deviceId: string, since = MIDNIGHT) => {
    const { metrics } = await store().statistics.device(deviceId, since);
    return metrics.map(({ name, points, recentPoints }) => [name, points, recentPoints]);
  };

  it("counts nothing of a device that nobody has heard of [E6-US1 AC6]", async () => {
    expect(await store().statistics.device(newName("device"), MIDNIGHT)).toEqual({ metrics: [] });
  });

  it("counts a device's points by metric, before and after they are summed up [E6-US1 AC2, E6-US1 AC4, E6-US1 AC5]", async () => {
    const device = newName("device");
    await store().write([...pointsEvery(device, "few", 3), ...pointsEvery(device, "many", 12)]);
    const expected = [
      ["many", 12, 6],
      ["few", 3, 0],
    ];
    expect(await countsOf(device, MIDNIGHT + HOUR)).toEqual(expected);
    await store().rollUp(MIDNIGHT + DAY);
    expect(await countsOf(device, MIDNIGHT + HOUR)).toEqual(expected);
    const { metrics } = await store().statistics.device(device, MIDNIGHT);
    expect(metrics.map(({ newest }) => newest)).toEqual([MIDNIGHT + 110 * MINUTE, MIDNIGHT + 20 * MINUTE]);
  });

  it("counts a point once that comes again, late or over another [E6-US1 AC2]", async () => {
    const device = newName("device");
    const before = await store().statistics.total(MIDNIGHT);
    await store().write(pointsEvery(device, "few", 10));
    await store().write(pointsEvery(device, "few", 10));
    await store().rollUp(MIDNIGHT + DAY);
    await store().write(pointsEvery(device, "few", 11, 2));
    await Promise.all([1, 2, 3].map((version) => store().write(pointsEvery(device, "few", 12, version))));
    expect(await countsOf(device)).toEqual([["few", 12, 12]]);
    const after = await store().statistics.total(MIDNIGHT);
    expect(after.points - before.points).toBe(12);
    if (store().capabilities.countsNew) expect(after.lastMinute).toBeGreaterThanOrEqual(12);
  });

  it("counts what was stored within the last minute", async () => {
    const device = newName("device");
    await store().write(pointsEvery(device, "many", 500, versionOf(Date.now(), 0)));
    expect((await store().statistics.total(MIDNIGHT)).lastMinute).toBeGreaterThanOrEqual(500);
  });

  it("counts all points by their hours, and devices by metric [E6-US2 AC2, E6-US2 AC5]", async () => {
    const [metric, start] = [newName("metric"), MIDNIGHT + 20 * HOUR];
    const at = async () =>
      (await store().statistics.total(start)).hours.find((hour) => hour.start === start)?.points ?? 0;
    const before = await at();
    for (const deviceId of [newName("device"), newName("device")]) {
      const points = [0, 1, 2].map((i) =>
        pointOf({ deviceId, metricName: metric, time: start + i * MINUTE }),
      );
      await store().write(points);
    }
    await store().rollUp(MIDNIGHT + 2 * DAY);
    expect((await at()) - before).toBe(6);
    const { metrics, hours } = await store().statistics.total(start);
    expect(metrics).toContainEqual({ name: metric, devices: 2 });
    expect(hours.every((hour) => hour.start >= start)).toBe(true);
  });

  it("erases what was accepted before a time, step by step, and counts it no more [FR-020]", async () => {
    const device = newName("device");
    const [kept, from] = [newName("device"), 1_000];
    const old = pointsEvery(device, "few", 10, from * 1_024);
    const young = pointsEvery(device, "many", 5, (from + 1) * 1_024);
    await store().write([...old, ...young, ...pointsEvery(kept, "few", 4)]);
    await store().rollUp(MIDNIGHT + DAY);
    const erase = () => store().erase(device, (from + 1) * 1_000, 6);
    expect([await erase(), await erase(), await erase()]).toEqual([6, 4, 0]);
    expect(await countsOf(device)).toEqual([["many", 5, 5]]);
    expect(await countsOf(kept)).toEqual([["few", 4, 4]]);
  });
}
