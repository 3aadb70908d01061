import { rm } from "node:fs/promises";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { startPostgres } from "../../../apps/local/services/postgres.ts";
import { type Fresh, freshDatabase } from "../../../test/fresh.ts";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { UnavailableError } from "../../core/errors.ts";
import { microsOf } from "../../core/time.ts";
import { openPool } from "../postgres/pool.ts";
import { DAY, HOUR, MIDNIGHT, newName, pointOf, pointsOf, withoutVersion } from "./contract/samples.ts";
import { expectUnavailable } from "./contract/unavailable.ts";
import { describeMeasurements } from "./port.contract.ts";
import type { Measurements } from "./port.ts";
import { openPostgresMeasurements } from "./postgres/measurements.ts";
import { migrateMeasurements } from "./postgres/migrate.ts";

describeMeasurements("the measurements in PostgreSQL", async () => {
  const database = await freshDatabase();
  await migrateMeasurements(database.url);
  const store = openPostgresMeasurements({ connectionString: database.url });
  return {
    store,
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
});

describe("what is PostgreSQL's own", () => {
  let database: Fresh;
  let pool: pg.Pool;
  let store: Measurements;

  beforeAll(async () => {
    database = await freshDatabase();
    await migrateMeasurements(database.url);
    pool = openPool(database.url, { max: 10 });
    store = openPostgresMeasurements({ pool });
  });

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const columnOf = async (text: string, values: unknown[] = []): Promise<unknown[]> =>
    (await pool.query({ text, values, rowMode: "array" })).rows.flat();

  const partitions = () =>
    columnOf(
      "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'points_90'::regclass ORDER BY 1",
    );

  describe("partitions", () => {
    it("makes each once, whoever finds it missing at the same time", async () => {
      const stores = [1, 2, 3].map(() => openPostgresMeasurements({ pool }));
      const weeks = [0, 1, 2, 3].map((week) => MIDNIGHT - week * 7 * DAY);
      const before = (await partitions()).length;
      await Promise.all(
        stores.flatMap((store) =>
          weeks.map((time) => store.write([pointOf({ deviceId: newName("d"), time })])),
        ),
      );
      expect((await partitions()).length - before).toBe(4);
    });

    it("makes those of the coming weeks, so that nobody waits for one", async () => {
      await store.maintain(microsOf(Date.now()));
      const before = await partitions();
      await store.write([
        pointOf({ deviceId: newName("d"), time: microsOf(Date.now()) + 15 * 60 * 1_000_000 }),
      ]);
      expect(await partitions()).toEqual(before);
    });

    it("drops those of which every point has expired, and no other [NFR-012]", async () => {
      const now = microsOf(Date.now());
      const deviceId = newName("d");
      await store.write([
        pointOf({ deviceId, time: now - 85 * DAY }),
        pointOf({ deviceId, time: now - DAY }),
      ]);
      const later = now + 60 * DAY;
      await store.maintain(later);
      const oldestKept = new Date((later - 99 * DAY) / 1_000).toISOString().slice(0, 10).replaceAll("-", "");
      const kept = await partitions();
      expect(kept.every((name) => String(name) > `points_90_${oldestKept}`)).toBe(true);
      expect(
        await columnOf("SELECT count(*)::int FROM points WHERE time >= $1", [now - 2 * DAY]),
      ).not.toEqual([0]);
      expect(await columnOf("SELECT min(time) >= $1 FROM points", [later - 99 * DAY])).toEqual([true]);
    });

    it("never answers with what has expired, while its partition is still there [NFR-012]", async () => {
      const now = Date.now();
      const point = pointOf({ deviceId: newName("d"), time: microsOf(now) - HOUR });
      await store.write([point]);
      const later = openPostgresMeasurements({ pool, clock: { now: () => now + 90 * 86_400_000 } });
      const { deviceId, metricName } = point;
      const range = { devices: [deviceId], metrics: [metricName], from: 0, to: microsOf(now), limit: 10 };
      expect((await store.points(range)).items).toHaveLength(1);
      expect((await later.points(range)).items).toEqual([]);
      expect((await later.buckets({ ...range, aggregation: "count", interval: DAY })).items).toEqual([]);
      expect(await later.latest({ deviceId, metricName, since: 0 })).toBeUndefined();
    });

    it("makes none for what has expired already", async () => {
      const before = await partitions();
      await store.write([pointOf({ deviceId: newName("d"), time: microsOf(Date.now()) - 1_000 * DAY })]);
      expect(await partitions()).toEqual(before);
    });

    it("makes one again that was dropped behind its back", async () => {
      const deviceId = newName("d");
      await store.write([pointOf({ deviceId })]);
      for (const name of await partitions()) await pool.query(`DROP TABLE ${name}`);
      const [a, b] = [pointOf({ deviceId, value: "a" }), pointOf({ deviceId, value: "b", version: 2 })];
      await expect(store.write([a])).rejects.toThrow(UnavailableError);
      await store.write([b]);
      expect(await pointsOf(store, deviceId)).toEqual([withoutVersion(b)]);
    });
  });

  describe("retention classes", () => {
    it("gives a series another retention from a moment on, by a row, and answers over both [NFR-012]", async () => {
      const now = microsOf(Date.now());
      const [deviceId, metricName] = [newName("d"), "temperature"];
      const old = [now - 60 * DAY, now - 2 * DAY].map((time) => pointOf({ deviceId, time, value: 1 }));
      await store.write(old);
      const fresh = [now - 40 * DAY, now - HOUR].map((time) => pointOf({ deviceId, time, value: 4 }));
      await store.write(fresh, () => ({ days: 30, since: now - DAY }));
      const kept = `SELECT series.retention_class FROM series JOIN points ON series_id = id
        WHERE device_id = $1 ORDER BY time`;
      expect(await columnOf(kept, [deviceId])).toEqual([90, 90, 90, 30]);
      const reopened = openPostgresMeasurements({ pool });
      const range = { devices: [deviceId], metrics: [metricName], from: 0, to: now, limit: 10 };
      const { items } = await reopened.points(range);
      expect(items.map(({ time }) => now - time)).toEqual([60 * DAY, 40 * DAY, 2 * DAY, HOUR]);
      const together = await reopened.buckets({ ...range, aggregation: "avg", interval: now + DAY });
      expect(together.items).toMatchObject([{ start: 0, value: 2.5 }]);
      expect(await reopened.latest({ deviceId, metricName, since: 0 })).toMatchObject({ time: now - HOUR });
    });

    it("drops a class' partitions once all in them has expired, and no other's [NFR-012]", async () => {
      const now = microsOf(Date.now());
      const [deviceId, other] = [newName("d"), newName("d")];
      await store.write([pointOf({ deviceId, time: now })], () => ({ days: 3, since: 0 }));
      await store.write([pointOf({ deviceId: other, time: now })]);
      const left = "SELECT count(*)::int FROM points JOIN series ON id = series_id WHERE device_id = $1";
      for (const [days, count] of [
        [4, 1],
        [6, 0],
      ]) {
        await openPostgresMeasurements({ pool }).maintain(now + (days ?? 0) * DAY);
        expect(await columnOf(left, [deviceId])).toEqual([count]);
      }
      expect(await columnOf(left, [other])).toEqual([1]);
    });
  });

  describe("series", () => {
    const writeWhileAnotherInserts = async (deviceId: string, ending: "COMMIT" | "ROLLBACK") => {
      const other = await pool.connect();
      await other.query("BEGIN");
      await other.query("INSERT INTO series (device_id, metric_name) VALUES ($1, 'temperature')", [deviceId]);
      const written = store.write([pointOf({ deviceId })]);
      const waiting =
        "SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = $1";
      await expect.poll(() => columnOf(waiting, [database.name]), { timeout: 10_000 }).toEqual([1]);
      await other.query(ending);
      other.release();
      await written;
    };

    it.each(["COMMIT", "ROLLBACK"] as const)(
      "waits for another who makes the same series, and is right whether that ends in %s",
      async (ending) => {
        const deviceId = newName("d");
        await writeWhileAnotherInserts(deviceId, ending);
        expect(await pointsOf(store, deviceId)).toEqual([withoutVersion(pointOf({ deviceId }))]);
        expect(await columnOf("SELECT count(*)::int FROM series WHERE device_id = $1", [deviceId])).toEqual([
          1,
        ]);
      },
    );

    it("remembers none that was not committed", async () => {
      const victim = openPool(database.url, { applicationName: "victim", max: 1 });
      const killed = openPostgresMeasurements({ pool: victim });
      const deviceId = newName("d");
      const other = await pool.connect();
      await other.query("BEGIN");
      await other.query("INSERT INTO series (device_id, metric_name) VALUES ($1, 'temperature')", [deviceId]);
      const written = killed.write([pointOf({ deviceId, metricName: "a" }), pointOf({ deviceId })]);
      const refused = expect(written).rejects.toThrow(UnavailableError);
      const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'victim' AND wait_event_type = 'Lock'`;
      await expect.poll(async () => (await pool.query(kill)).rowCount, { timeout: 10_000 }).toBe(1);
      await refused;
      await other.query("ROLLBACK");
      other.release();
      expect(await killed.metricNames(deviceId)).toEqual([]);
      await killed.write([pointOf({ deviceId, metricName: "a" }), pointOf({ deviceId })]);
      expect(await pointsOf(store, deviceId, ["a", "temperature"])).toHaveLength(2);
      await victim.end();
    });

    it("uses up no ids for series that are there already", async () => {
      const points = Array.from({ length: 50 }, () => pointOf({ deviceId: newName("d") }));
      await store.write(points);
      const lastId = () => columnOf("SELECT last_value FROM series_id_seq");
      const before = await lastId();
      for (let i = 0; i < 3; i++) await openPostgresMeasurements({ pool }).write(points);
      expect(await lastId()).toEqual(before);
    });
  });

  it("gives people and Grafana the points as a table, of which it reads no more than the range", async () => {
    const point = pointOf({
      deviceId: newName("d"),
      time: MIDNIGHT + 1,
      unit: "celsius",
      tags: { room: "1" },
    });
    await store.write([point, pointOf({ deviceId: point.deviceId, time: MIDNIGHT - 20 * DAY })]);
    const text = "SELECT * FROM measurements($1, $2) WHERE device_id = $3";
    const iso = (time: number) => new Date(time / 1_000).toISOString();
    const values = [iso(MIDNIGHT), iso(MIDNIGHT + HOUR), point.deviceId];
    const { rows } = await pool.query(text, values);
    expect(rows).toMatchObject([
      { metric_name: "temperature", value: 20.5, unit: "celsius", tags: { room: "1" } },
    ]);
    const plan = (await columnOf(`EXPLAIN ${text}`, values)).join("\n");
    expect(new Set(plan.match(/points_90_\d+/g)).size).toBe(1);
  });

  it("says that the store is unavailable, whatever is asked, when nobody listens", async () => {
    const nobody = openPostgresMeasurements({ connectionString: "postgres://nobody@127.0.0.1:1/nothing" });
    await expectUnavailable(nobody);
  });

  it("leaves a pool that it was given to its owner", async () => {
    await openPostgresMeasurements({ pool }).close();
    await expect(store.check()).resolves.toBeUndefined();
  });

  it("can be brought up to date again with data in it", async () => {
    const point = pointOf({ deviceId: newName("d") });
    await store.write([point]);
    await migrateMeasurements(database.url);
    expect(await pointsOf(store, point.deviceId)).toEqual([withoutVersion(point)]);
  });
});

it("has everything it said was written, and goes on, when the server is killed and comes back", async () => {
  const home = await temporaryHome();
  let server = await startPostgres({ home });
  onTestFinished(async () => {
    await server.kill("SIGKILL");
    await rm(home, { recursive: true, force: true });
  });
  await migrateMeasurements(server.url);
  const store = openPostgresMeasurements({ connectionString: server.url });
  const deviceId = newName("d");
  const write = (micros: number) => store.write([pointOf({ deviceId, time: MIDNIGHT + micros })]);
  await write(0);
  await server.kill("SIGKILL");
  await expect(write(1)).rejects.toThrow(UnavailableError);
  server = await startPostgres({ home });
  await write(2);
  expect((await pointsOf(store, deviceId)).map(({ time }) => time - MIDNIGHT)).toEqual([0, 2]);
  await store.close();
});
