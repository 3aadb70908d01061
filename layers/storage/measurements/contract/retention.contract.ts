import { expect, it } from "vitest";
import { aggregations } from "../../../core/aggregation.ts";
import { PermanentError } from "../../../core/errors.ts";
import { POINT_LIMITS } from "../../../core/measurement.ts";
import { microsOf } from "../../../core/time.ts";
import type { Measurements } from "../port.ts";
import { DAY, HOUR, MIDNIGHT, MINUTE, newName, pointOf, pointsOf } from "./samples.ts";

const now = () => microsOf(Date.now());

export function retentionContract(store: () => Measurements): void {
  const RETENTION = POINT_LIMITS.defaultRetentionDays * DAY;

  it("answers with points up to 90 days old, and never with what is older [NFR-012]", async () => {
    const deviceId = newName("device");
    const oldest = pointOf({ deviceId, time: now() - RETENTION + HOUR, value: "in time" });
    const expired = [HOUR, 10 * DAY, 1_000 * DAY].map((age) =>
      pointOf({ deviceId, time: now() - RETENTION - age, value: "expired" }),
    );
    await store().write([...expired, oldest]);
    const range = { devices: [deviceId], metrics: ["temperature"], from: 0, to: now(), limit: 10_000 };
    expect((await store().points(range)).items).toMatchObject([{ value: "in time" }]);
    for (const aggregation of aggregations) {
      const { items } = await store().buckets({ ...range, aggregation, interval: MINUTE });
      expect(items.length).toBeLessThanOrEqual(1);
    }
  });

  it("has no latest point of a series whose points have all expired [NFR-012]", async () => {
    const deviceId = newName("device");
    await store().write([pointOf({ deviceId, time: now() - RETENTION - HOUR })]);
    expect(await store().latest({ deviceId, metricName: "temperature", since: 0 })).toBeUndefined();
  });

  it("takes what is a little ahead of its clock", async () => {
    const point = pointOf({ deviceId: newName("device"), time: now() + POINT_LIMITS.minutesAhead * MINUTE });
    await store().write([point]);
    const { deviceId, metricName } = point;
    expect(await store().latest({ deviceId, metricName, since: now() })).toMatchObject({ time: point.time });
  });

  it("refuses what cannot be, and stores nothing of the batch", async () => {
    const deviceId = newName("device");
    const impossible = [
      { time: microsOf(Date.UTC(9999, 0, 1)) },
      { value: Number.POSITIVE_INFINITY },
      { unit: "NUL \u0000" },
      { value: "NUL \u0000" },
    ];
    for (const given of impossible) {
      const batch = [pointOf({ deviceId }), pointOf({ deviceId, time: MIDNIGHT + 1, ...given })];
      await expect(store().write(batch)).rejects.toThrow(PermanentError);
    }
    expect(await pointsOf(store(), deviceId)).toEqual([]);
  });

  it("keeps everything that has not expired through any number of maintenances", async () => {
    const deviceId = newName("device");
    const times = [now() - RETENTION + HOUR, now() - 30 * DAY, now()];
    await store().write(times.map((time) => pointOf({ deviceId, time })));
    await store().maintain(now());
    await Promise.all([store().maintain(now()), store().maintain(now())]);
    await store().write([pointOf({ deviceId, time: now() - 60 * DAY })]);
    const range = { devices: [deviceId], metrics: ["temperature"], from: 0, to: now() + 1, limit: 10 };
    expect((await store().points(range)).items).toHaveLength(4);
  });
}
