import pg from "pg";
import type { StoredPoint } from "../../layers/core/measurement.ts";
import { MICROS_PER_SECOND } from "../../layers/core/time.ts";
import type { Measurements } from "../../layers/storage/measurements/port.ts";
import { openPostgresMeasurements } from "../../layers/storage/measurements/postgres/measurements.ts";
import { expectExactly, until } from "../measure.ts";
import { deviceId, SEEDED_METRIC as METRIC } from "../points.ts";
import { serve } from "../worker.ts";

// Fills a store with what the queries ask for, each device's temperature, a point a minute; and with what they must
// not be slowed by: another metric of other devices, as often.

export interface Seed {
  databaseUrl: string;
  devices: number;
  /** Devices that nobody asks for. */
  others: number;
  /** Of each device. */
  points: number;
  /** The time of the newest point, in milliseconds since the Unix epoch. */
  until: number;
}

const UNASKED = "vibration";
const BATCH = 5_000;
const MINUTE = 60 * MICROS_PER_SECOND;

const tasks = {
  async fill(seed: Seed) {
    const store = openPostgresMeasurements({ connectionString: seed.databaseUrl });
    for (const batch of batches(seed)) await store.write(batch);
    await rollUp(store);
    await store.close();
    const client = new pg.Client({ connectionString: seed.databaseUrl });
    await client.connect();
    // As autovacuum does, sooner or later.
    await client.query("VACUUM ANALYZE points");
    await client.query("VACUUM ANALYZE series");
    await client.query("VACUUM ANALYZE rollups");
    const { rows } = await client.query<{ count: string }>("SELECT count(*) FROM points");
    await client.end();
    const devices = seed.devices + seed.others;
    expectExactly("points in the store", devices * seed.points, Number(rows[0]?.count));
  },
};

/** As the function of that name does every minute: all but the hour that is not over. */
const rollUp = (store: Measurements): Promise<void> =>
  until("every hour summed up", async () => (await store.rollUp(Date.now() * 1_000)) === 0);

/** Minute by minute, as devices report: a series' points lie scattered among those of all others. */
function* batches({ devices, others, points, until }: Seed): Generator<StoredPoint[]> {
  let batch: StoredPoint[] = [];
  for (let minute = 0; minute < points; minute++) {
    const time = until * 1_000 - (points - 1 - minute) * MINUTE;
    for (let device = 0; device < devices + others; device++) {
      const value = Math.round(2_000 + 500 * Math.sin(minute / 200 + device)) / 100;
      const metricName = device < devices ? METRIC : UNASKED;
      const series = { deviceId: deviceId(device), metricName };
      batch.push({ ...series, time, value, unit: "celsius", version: time, tie: device });
    }
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

export type SeedProgram = typeof tasks;

serve(tasks);
