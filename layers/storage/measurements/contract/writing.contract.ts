import fc from "fast-check";
import { expect, it } from "vitest";
import type { StoredPoint } from "../../../core/measurement.ts";
import type { Measurements } from "../port.ts";
import { compareText, MIDNIGHT, newName, pointOf, pointsOf, SECOND, withoutVersion } from "./samples.ts";

export function writingContract(store: () => Measurements): void {
  it("stores a point that is written twice once, without complaint [E1-US4 AC1, E1-US4 AC3, FR-004]", async () => {
    const point = pointOf({ deviceId: newName("device") });
    await store().write([point]);
    await store().write([point]);
    expect(await pointsOf(store(), point.deviceId)).toEqual([withoutVersion(point)]);
  });

  it("keeps the later version, in whatever order they come [E1-US4 AC2, FR-004]", async () => {
    const deviceId = newName("device");
    const versions = [2, 3, 1].map((version) => pointOf({ deviceId, version, value: version * 10 }));
    for (const point of versions) await store().write([point]);
    expect(await pointsOf(store(), deviceId)).toMatchObject([{ value: 30 }]);
  });

  it("replaces all of a point, and leaves nothing of the earlier one [E1-US4 AC2]", async () => {
    const deviceId = newName("device");
    const earlier = pointOf({ deviceId, unit: "celsius", tags: { room: "1" }, metadata: { note: "a" } });
    const later = pointOf({ deviceId, version: 2, value: "off" });
    await store().write([earlier]);
    await store().write([later]);
    expect(await pointsOf(store(), deviceId)).toEqual([withoutVersion(later)]);
  });

  it("decides between equal versions by the tie, in whatever order they come, or keeps the first for good [FR-004]", async () => {
    const deviceId = newName("device");
    for (const tie of [-5, 2_147_483_647, -2_147_483_648, 7]) {
      await store().write([pointOf({ deviceId, tie, value: tie })]);
    }
    const kept = store().capabilities.ties ? 2_147_483_647 : -5;
    expect(await pointsOf(store(), deviceId)).toMatchObject([{ value: kept }]);
  });

  it("takes the same key any number of times in one batch [FR-004]", async () => {
    const deviceId = newName("device");
    const [a, b] = [MIDNIGHT, MIDNIGHT + SECOND];
    await store().write([
      pointOf({ deviceId, time: b, version: 2, value: "b2" }),
      pointOf({ deviceId, time: a, version: 1, value: "a1" }),
      pointOf({ deviceId, time: b, version: 1, value: "b1" }),
      pointOf({ deviceId, time: a, version: 3, tie: 1, value: "a3+1" }),
      pointOf({ deviceId, time: a, version: 3, tie: -1, value: "a3-1" }),
      pointOf({ deviceId, time: a, version: 3, tie: 1, value: "a3+1" }),
    ]);
    expect((await pointsOf(store(), deviceId)).map(({ value }) => value)).toEqual(["a3+1", "b2"]);
  });

  it("changes nothing when everything is written again, in other batches [E1-US4 AC4]", async () => {
    const deviceId = newName("device");
    const points = Array.from({ length: 500 }, (_, i) =>
      pointOf({ deviceId, time: MIDNIGHT + i * SECOND, version: 1_000 + i, value: i }),
    );
    await store().write(points);
    const before = await pointsOf(store(), deviceId);
    await store().write(points.slice(100, 300).reverse());
    await store().write(points.toReversed());
    expect(before).toHaveLength(500);
    expect(await pointsOf(store(), deviceId)).toEqual(before);
  });

  it("keeps apart points that a microsecond separates", async () => {
    const deviceId = newName("device");
    const points = [0, 1, 2, 999, 1_000].map((micros) =>
      pointOf({ deviceId, time: MIDNIGHT + micros, value: micros }),
    );
    await store().write(points);
    expect(await pointsOf(store(), deviceId)).toEqual(points.map(withoutVersion));
  });

  it("takes a version as large as the year 2255 gives", async () => {
    const deviceId = newName("device");
    const version = Number.MAX_SAFE_INTEGER;
    await store().write([pointOf({ deviceId, version: version - 1, value: "earlier" })]);
    await store().write([pointOf({ deviceId, version, value: "later" })]);
    await store().write([pointOf({ deviceId, version: version - 1, tie: 9, value: "earlier" })]);
    expect(await pointsOf(store(), deviceId)).toMatchObject([{ value: "later" }]);
  });

  it("does nothing about no points", async () => {
    await expect(store().write([])).resolves.toBeUndefined();
  });

  it("ends with the newest of every key, however writes are split, ordered, repeated and overlap [E1-US4 AC1, E1-US4 AC2, E1-US4 AC4, FR-004]", async () => {
    await fc.assert(
      fc.asyncProperty(rounds, async (rounds) => {
        const prefix = newName("device");
        const known = store().capabilities.ties ? {} : { tie: 0 };
        const named = rounds.map((batches) =>
          batches.map((points) =>
            points.map((point) => valued({ ...point, ...known, deviceId: prefix + point.deviceId })),
          ),
        );
        for (const batches of named) await Promise.all(batches.map((points) => store().write(points)));
        const stored = await Promise.all(
          DEVICES.map((device) => pointsOf(store(), prefix + device, [...METRICS])),
        );
        expect(stored.flat()).toEqual(newestOfEachKey(named.flat(2)));
      }),
      { numRuns: 60 },
    );
  });
}

const DEVICES = ["a", "b", "c"] as const;
const METRICS = ["cpu", "memory"] as const;

/** Few keys and few versions, so that they meet often. What is stored is told by (version, tie) alone. */
const anyPoint: fc.Arbitrary<Omit<StoredPoint, "value">> = fc.record({
  deviceId: fc.constantFrom(...DEVICES),
  metricName: fc.constantFrom(...METRICS),
  time: fc.nat(4).map((seconds) => MIDNIGHT + seconds * SECOND),
  version: fc.nat(4),
  tie: fc.integer({ min: -2, max: 2 }),
});

const valued = (point: Omit<StoredPoint, "value">): StoredPoint => ({
  ...point,
  value: point.version * 10 + point.tie,
});

/** Batches of one round are written at the same time, the rounds one after the other. */
const rounds = fc.array(fc.array(fc.array(anyPoint, { maxLength: 20 }), { maxLength: 4 }), { maxLength: 5 });

function newestOfEachKey(points: readonly StoredPoint[]) {
  const newest = new Map<string, StoredPoint>();
  for (const point of points) {
    const key = JSON.stringify([point.deviceId, point.time, point.metricName]);
    const known = newest.get(key);
    if (!known || rankOf(point) > rankOf(known)) newest.set(key, point);
  }
  return [...newest.values()]
    .sort(
      (a, b) =>
        compareText(a.deviceId, b.deviceId) || a.time - b.time || compareText(a.metricName, b.metricName),
    )
    .map(withoutVersion);
}

const rankOf = ({ version, tie }: StoredPoint): number => version * 100 + tie;
