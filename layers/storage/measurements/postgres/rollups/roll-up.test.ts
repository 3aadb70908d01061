import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type Fresh, freshDatabase } from "../../../../../test/fresh.ts";
import { temporaryHome } from "../../../../../test/temporary-home.ts";
import { microsOf } from "../../../../core/time.ts";
import { openPool } from "../../../postgres/pool.ts";
import { transaction } from "../../../postgres/transaction.ts";
import { DAY, HOUR, MIDNIGHT, MINUTE, newName, pointOf, wholeDay } from "../../contract/samples.ts";
import type { Measurements } from "../../port.ts";
import { openPostgresMeasurements } from "../measurements.ts";
import { migrateMeasurements } from "../migrate.ts";
import { CLAIM, LOCK } from "./statements.ts";

const PATIENCE = { timeout: 25_000 };
const now = () => microsOf(Date.now());

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

const HOURS = (table: string) => `
  SELECT (start - $2) / ${HOUR} FROM ${table} AS hours JOIN series ON id = series_id
  WHERE device_id = $1 ORDER BY 1`;

/** Which hours of the day of a device this table has. */
async function hoursIn(table: "rollups" | "touched_hours" | "claimed_hours", deviceId: string) {
  const { rows } = await pool.query({
    text: HOURS(table),
    values: [deviceId, MIDNIGHT],
    rowMode: "array",
  });
  return rows.flat().map(Number);
}

/** Until nothing of the device waits: what others on the server have under way may keep it waiting. */
async function rollUpAll(deviceId: string, rolling: Measurements = store): Promise<void> {
  const waiting = async () => {
    await rolling.rollUp(now());
    return [...(await hoursIn("touched_hours", deviceId)), ...(await hoursIn("claimed_hours", deviceId))];
  };
  await expect.poll(waiting, PATIENCE).toEqual([]);
}

const sumOf = async (deviceId: string): Promise<unknown> => {
  const query = { devices: [deviceId], metrics: ["temperature"], aggregation: "sum" } as const;
  return (await wholeDay(store, query))?.value;
};

const write = (
  deviceId: string,
  times: readonly number[],
  given: { version?: number; value?: number } = {},
) => store.write(times.map((time) => pointOf({ deviceId, time: MIDNIGHT + time, value: 1, ...given })));

/** One that answers wherever it is read from sums. */
async function forgeSums(deviceId: string): Promise<void> {
  await pool.query(
    "UPDATE rollups SET sum = 1000 FROM series WHERE series.id = series_id AND device_id = $1",
    [deviceId],
  );
}

const insertedBy = async (client: Pick<pg.Pool, "query">, deviceId: string, time: number): Promise<void> => {
  await client.query(
    `INSERT INTO points (series_id, tie, time, version, value, retention_class)
     SELECT id, 0, $2, 1, 1, retention_class FROM series WHERE device_id = $1`,
    [deviceId, MIDNIGHT + time],
  );
};

describe("where answers come from", () => {
  it("takes whole hours that are summed up from their sums, and all else from points", async () => {
    const deviceId = newName("d");
    await write(deviceId, [0, 1, HOUR, 5 * HOUR]);
    await rollUpAll(deviceId);
    expect(await hoursIn("rollups", deviceId)).toEqual([0, 1, 5]);
    await forgeSums(deviceId);
    expect(await sumOf(deviceId)).toBe(3_000);
    const range = {
      devices: [deviceId],
      metrics: ["temperature"],
      from: MIDNIGHT + 1,
      to: MIDNIGHT + 5 * HOUR + 1,
    };
    const { items } = await store.buckets({ ...range, aggregation: "sum", interval: DAY, limit: 10 });
    expect(items).toMatchObject([{ value: 1 + 1_000 + 1 }]);
  });

  it("takes an hour from points again as soon as one of them is late, newer or gone", async () => {
    const changes = [
      (deviceId: string) => write(deviceId, [MINUTE]),
      (deviceId: string) => write(deviceId, [0], { version: 2, value: 2 }),
      async (deviceId: string) => {
        const { rowCount } = await pool.query(
          "DELETE FROM points USING series WHERE id = series_id AND device_id = $1 AND time = $2",
          [deviceId, MIDNIGHT + 1],
        );
        expect(rowCount).toBe(1);
      },
    ];
    const sums = [];
    for (const change of changes) {
      const deviceId = newName("d");
      await write(deviceId, [0, 1, HOUR]);
      await rollUpAll(deviceId);
      await forgeSums(deviceId);
      await change(deviceId);
      sums.push([await sumOf(deviceId), await hoursIn("touched_hours", deviceId)]);
    }
    expect(sums).toEqual([
      [1_003, [0]],
      [1_003, [0]],
      [1_001, [0]],
    ]);
  });

  it("touches nothing when what comes again changes nothing", async () => {
    const deviceId = newName("d");
    await write(deviceId, [0, HOUR]);
    await rollUpAll(deviceId);
    await write(deviceId, [0, HOUR]);
    expect(await hoursIn("touched_hours", deviceId)).toEqual([]);
  });

  it("leaves an hour alone that is not over", async () => {
    const deviceId = newName("d");
    await write(deviceId, [0, HOUR]);
    const rolledUpTo = async () => {
      await store.rollUp(MIDNIGHT + HOUR + 30 * MINUTE);
      return hoursIn("rollups", deviceId);
    };
    await expect.poll(rolledUpTo, PATIENCE).toEqual([0]);
    expect(await hoursIn("touched_hours", deviceId)).toEqual([1]);
  });

  it("has no sums left of hours that nothing is left of", async () => {
    const deviceId = newName("d");
    await write(deviceId, [0, HOUR]);
    await rollUpAll(deviceId);
    const emptied = "DELETE FROM points USING series WHERE id = series_id AND device_id = $1 AND time = $2";
    await pool.query(emptied, [deviceId, MIDNIGHT]);
    await rollUpAll(deviceId);
    expect(await hoursIn("rollups", deviceId)).toEqual([1]);
  });
});

describe("several at once", () => {
  it("does not sum up an hour before everybody has committed who found it touched", async () => {
    const deviceId = newName("d");
    await write(deviceId, [0]);
    const writer = await pool.connect();
    await writer.query("BEGIN");
    await insertedBy(writer, deviceId, MINUTE);
    await store.rollUp(now());
    expect(await hoursIn("claimed_hours", deviceId)).toEqual([0]);
    expect(await sumOf(deviceId)).toBe(1);
    await writer.query("COMMIT");
    writer.release();
    expect(await sumOf(deviceId)).toBe(2);
    await rollUpAll(deviceId);
    expect(await sumOf(deviceId)).toBe(2);
  });

  it("keeps the touch of a writer who meets a claim under way", async () => {
    const deviceId = newName("d");
    await write(deviceId, [0]);
    const rolling = await pool.connect();
    await rolling.query("BEGIN");
    await rolling.query(LOCK);
    await rolling.query({ ...CLAIM, values: [MIDNIGHT, 100_000] });
    const written = write(deviceId, [MINUTE]);
    const waiting =
      "SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = $1";
    const count = async () => (await pool.query(waiting, [database.name])).rows[0]?.count;
    await expect.poll(count, PATIENCE).toBe(1);
    await rolling.query("COMMIT");
    rolling.release();
    await written;
    expect([await hoursIn("claimed_hours", deviceId), await hoursIn("touched_hours", deviceId)]).toEqual([
      [0],
      [0],
    ]);
    expect(await sumOf(deviceId)).toBe(2);
    await rollUpAll(deviceId);
    expect(await sumOf(deviceId)).toBe(2);
  });

  it("answers from points and goes on where one was killed between claiming and summing up", async () => {
    const deviceId = newName("d");
    await write(deviceId, [0, HOUR]);
    await rollUpAll(deviceId);
    await forgeSums(deviceId);
    await write(deviceId, [MINUTE]);
    await transaction(pool, "claiming", async ({ query }) => {
      await query(LOCK);
      await query({ ...CLAIM, values: [MIDNIGHT, 100_000] });
    });
    expect(await hoursIn("claimed_hours", deviceId)).toEqual([0]);
    expect(await sumOf(deviceId)).toBe(1_002);
    await rollUpAll(deviceId);
    expect(await sumOf(deviceId)).toBe(1_002);
    await forgeSums(deviceId);
    expect(await sumOf(deviceId)).toBe(2_000);
  });
});

/** Hours, neither touched nor claimed, whose sums are not those of their points; and how many are. One snapshot. */
const COMPARE = {
  text: `
    WITH summed AS (
      SELECT series_id, time - time % ${HOUR} AS start, count(*)::int AS count, sum(value) AS sum, max(time) AS newest
      FROM points GROUP BY 1, 2
    )
    SELECT
      count(*) FILTER (WHERE (a.count, a.sum, a.newest) IS DISTINCT FROM (b.count, b.sum, b.newest))::int AS wrong,
      count(*)::int AS compared
    FROM summed AS a FULL JOIN rollups AS b USING (series_id, start)
    WHERE (series_id, start) NOT IN (SELECT series_id, start FROM touched_hours)
      AND (series_id, start) NOT IN (SELECT series_id, start FROM claimed_hours)
      AND series_id IN (SELECT id FROM series WHERE device_id = ANY ($1))`,
};

describe("many at once", () => {
  it("has sums, at any moment and wherever nothing is touched, that say what the points say", async () => {
    const devices = Array.from({ length: 20 }, () => newName("d"));
    const pick = (count: number) => Math.floor(Math.random() * count);
    const writers = [1, 2, 3].map(async () => {
      const own = openPostgresMeasurements({ pool });
      for (let round = 1; round <= 30; round++) {
        const points = Array.from({ length: 1 + pick(40) }, () => {
          const [deviceId, time] = [devices[pick(20)], MIDNIGHT + pick(4) * HOUR + pick(30) * MINUTE];
          return pointOf({ deviceId, time, version: round * 100 + pick(100), value: pick(100) });
        });
        // Two that touch the same hours crosswise may meet in a deadlock, of which the store says to try again.
        await vi.waitFor(() => own.write(points), PATIENCE);
      }
    });
    let writing = true;
    const until = Promise.all(writers).finally(() => {
      writing = false;
    });
    const compare = async () => {
      const { rows } = await pool.query({ ...COMPARE, values: [devices] });
      expect(rows[0]?.wrong).toBe(0);
      return Number(rows[0]?.compared);
    };
    const comparing = async () => {
      while (writing) await compare();
    };
    const rolling = async () => {
      while (writing) await store.rollUp(now());
    };
    await Promise.all([until, comparing(), rolling(), rolling()]);
    await Promise.all(devices.map((deviceId) => rollUpAll(deviceId)));
    expect(await compare()).toBeGreaterThan(0);
  }, 60_000);
});

describe("what has expired", () => {
  it("counts of an hour that has half expired the other half, and drops it once all of it has [NFR-012]", async () => {
    const deviceId = newName("d");
    await write(deviceId, [10 * MINUTE, 50 * MINUTE, 2 * HOUR]);
    await rollUpAll(deviceId);
    const later = MIDNIGHT + 30 * MINUTE + 90 * DAY;
    const then = openPostgresMeasurements({ pool, clock: { now: () => later / 1_000 } });
    const range = { devices: [deviceId], metrics: ["temperature"], from: 0, to: later, limit: 10 };
    const { items } = await then.buckets({ ...range, aggregation: "count", interval: HOUR });
    expect(items.map(({ start, value }) => [(start - MIDNIGHT) / HOUR, value])).toEqual([
      [0, 1],
      [2, 1],
    ]);
    await then.maintain(later);
    expect(await hoursIn("rollups", deviceId)).toEqual([0, 2]);
    await then.maintain(later + 2 * HOUR);
    expect(await hoursIn("rollups", deviceId)).toEqual([2]);
  });
});

describe("the upgrade", () => {
  const migrations = fileURLToPath(new URL("../migrations", import.meta.url));

  it("sums up what was written before, and touches what a former version writes", async () => {
    const former = await freshDatabase();
    const [formerMigrations, formerPool] = [await temporaryHome(), openPool(former.url)];
    onTestFinished(async () => {
      await formerPool.end();
      await former.drop();
      await rm(formerMigrations, { recursive: true });
    });
    for (const name of await readdir(migrations)) {
      if (name < "006") await cp(join(migrations, name), join(formerMigrations, name));
    }
    await migrateMeasurements(former.url, formerMigrations);
    await formerPool.query("INSERT INTO series (device_id, metric_name) VALUES ('d', 'temperature')");
    await formerPool.query("SELECT create_points_partition(90::smallint, $1)", [MIDNIGHT]);
    await insertedBy(formerPool, "d", MINUTE);
    await migrateMeasurements(former.url);
    const upgraded = openPostgresMeasurements({ pool: formerPool });
    const touched = async () => (await formerPool.query("SELECT FROM touched_hours")).rowCount;
    await expect.poll(async () => [await upgraded.rollUp(now()), await touched()], PATIENCE).toEqual([0, 0]);
    await insertedBy(formerPool, "d", 2 * MINUTE);
    expect(await touched()).toBe(1);
    const query = { devices: ["d"], metrics: ["temperature"], aggregation: "count" } as const;
    expect(await wholeDay(upgraded, query)).toMatchObject({ value: 2 });
  });
});
