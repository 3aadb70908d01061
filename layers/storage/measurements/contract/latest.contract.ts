import { expect, it } from "vitest";
import type { Measurements } from "../port.ts";
import { DAY, HOUR, MIDNIGHT, newName, pointOf, withoutVersion } from "./samples.ts";

export function latestContract(store: () => Measurements): void {
  it("answers with the newest point, all of it, whenever it was written [E3-US2 AC2, FR-012]", async () => {
    const deviceId = newName("device");
    const newest = pointOf({ deviceId, time: MIDNIGHT, value: "on", unit: "state", tags: { room: "1" } });
    await store().write([newest]);
    await store().write([pointOf({ deviceId, time: MIDNIGHT - 40 * DAY, version: 9 })]);
    await store().write([pointOf({ deviceId, metricName: "humidity", time: MIDNIGHT + HOUR })]);
    await store().write([pointOf({ deviceId: newName("device"), time: MIDNIGHT + HOUR })]);
    const found = await store().latest({ deviceId, metricName: "temperature", since: MIDNIGHT - DAY });
    expect(found).toEqual(withoutVersion(newest));
  });

  it("looks back weeks if it is asked to, and no further [E3-US2 AC3, FR-012]", async () => {
    const deviceId = newName("device");
    const point = pointOf({ deviceId, time: MIDNIGHT - 40 * DAY });
    await store().write([point]);
    const series = { deviceId, metricName: "temperature" };
    expect(await store().latest({ ...series, since: point.time })).toEqual(withoutVersion(point));
    expect(await store().latest({ ...series, since: point.time + 1 })).toBeUndefined();
  });

  it("has nothing to answer for a series that nobody wrote [E3-US2 AC4]", async () => {
    const series = { deviceId: newName("device"), metricName: "temperature" };
    expect(await store().latest({ ...series, since: 0 })).toBeUndefined();
  });

  it("names a device's metrics, sorted, each once [E3-US3 AC2]", async () => {
    const deviceId = newName("device");
    const names = ["b", "a", 'a{core="1"}', "B", "a"];
    await store().write(names.map((metricName, i) => pointOf({ deviceId, metricName, time: MIDNIGHT + i })));
    expect(await store().metricNames(deviceId)).toEqual(["B", "a", 'a{core="1"}', "b"]);
  });

  it("names no metrics of a device that never reported [E3-US3 AC3]", async () => {
    expect(await store().metricNames(newName("device"))).toEqual([]);
  });
}
