import { expect, it } from "vitest";
import { aggregations } from "../../../core/aggregation.ts";
import { PermanentError } from "../../../core/errors.ts";
import { POINT_LIMITS } from "../../../core/measurement.ts";
import { type Micros, microsOf } from "../../../core/time.ts";
import type { Measurements, RetentionOf } from "../port.ts";
import { DAY, HOUR, MIDNIGHT, MINUTE, newName, pointOf, pointsOf } from "./samples.ts";

const now = () => microsOf(Date.now());
const started = now();
/** Always the same time for one age, so that it can be written again. */
const aged = (days: number): Micros => started - Math.round(days * DAY);

let versions = 0;
const versionOfNext = (): number => ++versions;

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

  const keptFor =
    (days: number, since = 0): RetentionOf =>
    () => ({ days, since });

  /** The ages in days at which a device has points, and what these are; the youngest last. */
  async function agesAndValues(deviceId: string): Promise<unknown[][]> {
    const range = { devices: [deviceId], metrics: ["temperature"], from: 0, to: now() + 1, limit: 10_000 };
    const { items } = await store().points(range);
    return items.map(({ time, value }) => [Math.round((now() - time) / DAY), value]);
  }

  async function writeAged(deviceId: string, days: readonly number[], value: string, retention: RetentionOf) {
    const points = days.map((age) => pointOf({ deviceId, time: aged(age), value, version: versionOfNext() }));
    await store().write(points, retention);
  }

  it("keeps points from 1 to 3,650 days, as long as their metric is said to be kept [NFR-012]", async () => {
    for (const days of [1, 2, 45, 365, 3_650]) {
      const deviceId = newName("device");
      const time = now() - days * DAY;
      const kept = pointOf({ deviceId, time: time + MINUTE, value: "kept" });
      await store().write(
        [pointOf({ deviceId, time: time - MINUTE, value: "expired" }), kept],
        keptFor(days),
      );
      expect(await agesAndValues(deviceId)).toEqual([[days, "kept"]]);
    }
  });

  it("keeps the points of one batch each as long as its metric, written by many at once [NFR-012]", async () => {
    const deviceId = newName("device");
    const daysOf: Record<string, number> = { a: 11, b: 12, c: 13, d: 90 };
    const batch = (age: number) =>
      Object.keys(daysOf).map((metricName) => pointOf({ deviceId, metricName, time: now() - age * DAY }));
    const retention: RetentionOf = (name) => ({ days: daysOf[name] ?? 0, since: 0 });
    await Promise.all([5, 11.5, 12.5, 13.5].map((age) => store().write(batch(age), retention)));
    const range = { devices: [deviceId], metrics: ["a", "b", "c", "d"], from: 0, to: now(), limit: 100 };
    const { items } = await store().points(range);
    const counts = Object.groupBy(items, ({ metricName }) => metricName);
    expect(Object.entries(counts).map(([name, points]) => [name, points?.length])).toEqual(
      expect.arrayContaining([
        ["a", 1],
        ["b", 2],
        ["c", 3],
        ["d", 4],
      ]),
    );
  });

  it("leaves what there is when a retention is shortened, and holds it for times since then, or for all that comes [NFR-012]", async () => {
    const deviceId = newName("device");
    await writeAged(deviceId, [2, 10], "before", keptFor(30));
    const shortened = keptFor(1, aged(1.5));
    await writeAged(deviceId, [0.5, 1.2, 5, 10, 40], "after", shortened);
    const asItWas = [
      [10, "after"],
      [5, "after"],
      [2, "before"],
      [1, "after"],
    ];
    const asItIs = [
      [10, "before"],
      [2, "before"],
      [1, "after"],
    ];
    const { formerRetention } = store().capabilities;
    expect(await agesAndValues(deviceId)).toEqual(formerRetention ? asItWas : asItIs);
  });

  it("keeps longer what is sent after a retention was prolonged, however old it is [NFR-012]", async () => {
    const deviceId = newName("device");
    await writeAged(deviceId, [0.5, 1.5], "before", keptFor(2));
    await writeAged(deviceId, [1.5, 4, 6, 29, 31], "after", keptFor(30, aged(0.4)));
    expect(await agesAndValues(deviceId)).toEqual([
      [29, "after"],
      [6, "after"],
      [4, "after"],
      [2, "after"],
      [1, "before"],
    ]);
  });

  it("shows one point of a key through any changes of its retention [FR-004, NFR-012]", async () => {
    const deviceId = newName("device");
    const changes = [
      keptFor(2),
      keptFor(30, aged(0.5)),
      keptFor(60, aged(0.4)),
      keptFor(7, aged(0.3)),
      keptFor(90, aged(0.2)),
    ];
    for (const [i, change] of changes.entries()) await writeAged(deviceId, [1.6, 6, 20, 50], `${i}`, change);
    await writeAged(deviceId, [1.6], "late", keptFor(30, aged(0.5)));
    const ages = (await agesAndValues(deviceId)).map(([age]) => age);
    expect(ages).toEqual([50, 20, 6, 2]);
    const range = { devices: [deviceId], metrics: ["temperature"], from: 0, to: now() + 1, limit: 100 };
    const { items } = await store().buckets({ ...range, aggregation: "last", interval: HOUR });
    expect(items).toHaveLength(4);
    expect(await store().latest({ deviceId, metricName: "temperature", since: 0 })).toMatchObject({
      value: "late",
    });
    expect(await store().metricNames(deviceId)).toEqual(["temperature"]);
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
