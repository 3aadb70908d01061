import { expect, it } from "vitest";
import { RefusedError } from "../../../core/errors.ts";
import type { Point, StoredPoint } from "../../../core/measurement.ts";
import { type Micros, microsOf } from "../../../core/time.ts";
import type { Measurements, PointQuery } from "../port.ts";
import {
  compareText,
  DAY,
  everyPage,
  MIDNIGHT,
  MINUTE,
  newName,
  pointOf,
  SECOND,
  WHOLE_DAY,
  withoutVersion,
} from "./samples.ts";

export function pointsContract(store: () => Measurements): void {
  const read = async (query: Partial<PointQuery> & Pick<PointQuery, "metrics">): Promise<Point[]> =>
    (await store().points({ ...WHOLE_DAY, ...query })).items;

  it("answers from the start, inclusive, to the end, exclusive [E3-US1 AC2, FR-009]", async () => {
    const metricName = newName("metric");
    const times = [0, 1, 59, 60, 61].map((seconds) => MIDNIGHT + seconds * SECOND);
    await store().write(times.map((time) => pointOf({ metricName, time })));
    const found = await read({ metrics: [metricName], from: MIDNIGHT + SECOND, to: MIDNIGHT + MINUTE });
    expect(found.map(({ time }) => time)).toEqual([MIDNIGHT + SECOND, MIDNIGHT + 59 * SECOND]);
  });

  it("answers with nothing when the range is empty or before everything [FR-009]", async () => {
    const metrics = [newName("metric")];
    await store().write([pointOf({ metricName: metrics[0] ?? "" })]);
    expect(await read({ metrics, from: MIDNIGHT, to: MIDNIGHT })).toEqual([]);
    expect(await read({ metrics, from: MIDNIGHT + SECOND, to: MIDNIGHT })).toEqual([]);
    expect(await read({ metrics, from: MIDNIGHT - DAY, to: MIDNIGHT })).toEqual([]);
  });

  it("answers for any range that can be asked for", async () => {
    const metricName = newName("metric");
    await store().write([pointOf({ metricName })]);
    const [first, last] = [Date.UTC(0, 0, 1), Date.UTC(9999, 11, 31)].map(microsOf) as [Micros, Micros];
    expect(await read({ metrics: [metricName], from: first, to: last })).toHaveLength(1);
    expect(await read({ metrics: [metricName], from: last - 1, to: last })).toEqual([]);
    expect(await read({ metrics: [metricName], from: first, to: first + 1 })).toEqual([]);
  });

  it("answers across months, as many partitions as that may be [FR-009]", async () => {
    const metricName = newName("metric");
    const times = Array.from({ length: 60 }, (_, i) => MIDNIGHT - (60 - i) * DAY + i);
    await store().write(times.map((time) => pointOf({ metricName, time })));
    const found = await read({ metrics: [metricName], from: MIDNIGHT - 70 * DAY });
    expect(found.map(({ time }) => time)).toEqual(times);
  });

  it("answers for several devices and metrics, ordered by time, device, metric [E3-US1 AC3, FR-010]", async () => {
    const { metrics, devices, points } = await fleet(store());
    expect(await read({ devices, metrics })).toEqual(points.map(withoutVersion));
  });

  it("answers only for the devices and metrics that were asked for [E3-US1 AC3, FR-010]", async () => {
    const { metrics, devices, points } = await fleet(store());
    const [device = "", , third = ""] = devices;
    const [metric = ""] = metrics;
    const wanted = points.filter(
      ({ deviceId, metricName }) => metricName === metric && (deviceId === device || deviceId === third),
    );
    const asked = { devices: [third, device, "nobody"], metrics: [metric, "nothing"] };
    expect(await read(asked)).toEqual(wanted.map(withoutVersion));
  });

  it.each([undefined, []])("takes %j for all devices that have the metric [FR-010]", async (all) => {
    const { metrics, points } = await fleet(store());
    expect(await read({ devices: all, metrics })).toEqual(points.map(withoutVersion));
  });

  it("answers with points that carry every tag that was asked for [E3-US1 AC3]", async () => {
    const metricName = newName("metric");
    const tagged: StoredPoint["tags"][] = [
      undefined,
      { room: "1" },
      { room: "1", floor: "2" },
      { room: "2", floor: "2" },
    ];
    await store().write(tagged.map((tags, i) => pointOf({ metricName, time: MIDNIGHT + i, tags })));
    const found = async (tags: Record<string, string>) =>
      (await read({ metrics: [metricName], tags })).map(({ time }) => time - MIDNIGHT);
    expect(await found({ room: "1" })).toEqual([1, 2]);
    expect(await found({ floor: "2", room: "1" })).toEqual([2]);
    expect(await found({ room: "3" })).toEqual([]);
    expect(await found({})).toEqual([0, 1, 2, 3]);
  });

  it("finds nothing under text that no store takes [NFR-009]", async () => {
    const unstorable = "NUL \u0000 and half a pair \ud800";
    const metrics = [newName("metric")];
    await store().write([pointOf({ metricName: metrics[0] ?? "" })]);
    expect(await read({ metrics, tags: { [unstorable]: "1" } })).toEqual([]);
    expect(await read({ metrics, tags: { room: unstorable } })).toEqual([]);
    expect(await read({ metrics, devices: [unstorable] })).toEqual([]);
    expect(await read({ metrics: [unstorable] })).toEqual([]);
  });

  it("answers with numbers within bounds, inclusive, and with nothing else [E3-US1 AC3]", async () => {
    const metricName = newName("metric");
    const values = [-1, 0, 1.5, 2, "1.5", true, { value: 1.5 }];
    await store().write(values.map((value, i) => pointOf({ metricName, time: MIDNIGHT + i, value })));
    const found = async (bounds: Pick<PointQuery, "min" | "max">) =>
      (await read({ metrics: [metricName], ...bounds })).map(({ value }) => value);
    expect(await found({ min: 0 })).toEqual([0, 1.5, 2]);
    expect(await found({ max: 1.5 })).toEqual([-1, 0, 1.5]);
    expect(await found({ min: 0, max: 1.5 })).toEqual([0, 1.5]);
    expect(await found({ min: 2, max: 0 })).toEqual([]);
    expect(await found({})).toEqual(values);
  });

  it.each([1, 2, 3, 7, 100])("gives each point once, %i to a page", async (limit) => {
    const { metrics, points } = await fleet(store());
    const { items, sizes } = await everyPage({ ...WHOLE_DAY, metrics, limit }, (query) =>
      store().points(query),
    );
    expect(items).toEqual(points.map(withoutVersion));
    expect(sizes.slice(0, -1).every((size) => size === limit)).toBe(true);
    expect(sizes.at(-1)).toBeGreaterThan(0);
  });

  it("pages through points that lie weeks and microseconds apart", async () => {
    const metricName = newName("metric");
    const gaps = [0, 1, 2, 3, DAY, DAY + 1, 20 * DAY, 45 * DAY, 45 * DAY + 1, 45 * DAY + 2];
    const points = gaps.map((gap) => pointOf({ metricName, time: MIDNIGHT - 50 * DAY + gap }));
    await store().write(points);
    const query = { metrics: [metricName], from: MIDNIGHT - 60 * DAY, to: MIDNIGHT + DAY, limit: 2 };
    const { items, sizes } = await everyPage(query, (query) => store().points(query));
    expect(items).toEqual(points.map(withoutVersion));
    expect(sizes).toEqual([2, 2, 2, 2, 2]);
  });

  it("gives no cursor when a page ends with the last point", async () => {
    const metricName = newName("metric");
    await store().write([0, 1].map((micros) => pointOf({ metricName, time: MIDNIGHT + micros })));
    const page = await store().points({ ...WHOLE_DAY, metrics: [metricName], limit: 2 });
    expect(page.items).toHaveLength(2);
    expect(page.next).toBeUndefined();
  });

  it.each(["", "!", "bm90IGpzb24", "WzFd", "eyJhIjoxfQ", "WyIxIiwiYSIsImIiXQ", "WzEsIlx1MDAwMCIsImIiXQ"])(
    "refuses the cursor %j, and says where it is [NFR-009]",
    async (cursor) => {
      const query = { ...WHOLE_DAY, metrics: ["temperature"], cursor };
      const refused = expect.objectContaining({
        status: 400,
        faults: [{ path: "cursor", message: expect.any(String) }],
      });
      await expect(store().points(query)).rejects.toThrow(RefusedError);
      await expect(store().points(query)).rejects.toEqual(refused);
      await expect(store().buckets({ ...query, aggregation: "avg", interval: MINUTE })).rejects.toEqual(
        refused,
      );
    },
  );

  it("takes names and tags for nothing but text [NFR-009]", async () => {
    const hostile = `x'); DROP TABLE points; --`;
    await store().write([
      pointOf({ deviceId: hostile, metricName: hostile, unit: hostile, tags: { [hostile]: hostile } }),
    ]);
    const found = await read({ devices: [hostile], metrics: [hostile], tags: { [hostile]: hostile } });
    expect(found).toMatchObject([{ deviceId: hostile, unit: hostile }]);
  });
}

/** Three devices with two metrics each, some of whose points share their time; in the order of the answer. */
async function fleet(store: Measurements) {
  const devices = [newName("B"), newName("a"), newName("a😀")].sort(compareText);
  const metrics = [newName("metric"), newName("metric")];
  const points: StoredPoint[] = [0, 1, 1 + 3_600 * SECOND].flatMap((micros, i) =>
    devices.flatMap((deviceId, j) =>
      metrics.map((metricName, k) =>
        pointOf({ deviceId, metricName, time: MIDNIGHT + micros, value: i * 100 + j * 10 + k }),
      ),
    ),
  );
  await store.write(points.toReversed());
  return { devices, metrics, points };
}
