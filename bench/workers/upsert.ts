import pg from "pg";
import { microsOf } from "../../layers/core/time.ts";
import { BinaryArray } from "../../layers/storage/measurements/postgres/binary-array.ts";
import { migrateMeasurements } from "../../layers/storage/measurements/postgres/migrate.ts";
import { expectExactly, machineMs } from "../measure.ts";
import { BATCH, type BenchPoint, batchOf, type PointRun, seriesId, UNIT } from "../points.ts";
import { serve } from "../worker.ts";

// The floor of the whole path: the same rows straight into PostgreSQL, into a table of the same layout, by the
// fastest way known. Nothing is looked up, checked or sorted.

const UPSERT = {
  name: "upsert",
  text: `
    INSERT INTO points AS stored (series_id, retention_class, time, version, tie, value, unit)
    SELECT * FROM unnest($1::int4[], $2::int2[], $3::int8[], $4::int8[], $5::int4[], $6::float8[], $7::text[])
    ON CONFLICT (series_id, retention_class, time) DO UPDATE SET
      version = excluded.version, tie = excluded.tie, value = excluded.value, unit = excluded.unit
    WHERE (stored.version, stored.tie) < (excluded.version, excluded.tie)`,
};
const RETENTION_CLASS = 90;

let pool: pg.Pool;

const tasks = {
  async open({ databaseUrl, since }: { databaseUrl: string; since: number }) {
    await migrateMeasurements(databaseUrl);
    pool = new pg.Pool({ connectionString: databaseUrl, max: 8 });
    await pool.query("ALTER TABLE points DISABLE TRIGGER USER");
    const partition = "SELECT create_points_partition($1::smallint, $2::bigint)";
    for (const time of [since, Date.now()]) await pool.query(partition, [RETENTION_CLASS, microsOf(time)]);
  },

  /** Each connection commits one batch after the other. @returns milliseconds until all are committed */
  async upsert({ run, connections }: { run: PointRun; connections: number }) {
    const batches = Array.from({ length: run.batches }, (_, batch) => batchOf(run, batch));
    let rows = 0;
    const startedAt = machineMs();
    const lane = async (first: number) => {
      const client = await pool.connect();
      for (let at = first; at < batches.length; at += connections) {
        const { rowCount } = await client.query({ ...UPSERT, values: columnsOf(batches[at] ?? []) });
        rows += rowCount ?? 0;
      }
      client.release();
    };
    await Promise.all(Array.from({ length: connections }, (_, first) => lane(first)));
    const ms = machineMs() - startedAt;
    expectExactly("rows written", run.batches * BATCH, rows);
    return ms;
  },
};

function columnsOf(points: readonly BenchPoint[]): (Buffer | null)[] {
  const series = new BinaryArray("int4", BATCH);
  const retentionClass = new BinaryArray("int2", BATCH);
  const time = new BinaryArray("int8", BATCH);
  const version = new BinaryArray("int8", BATCH);
  const tie = new BinaryArray("int4", BATCH);
  const value = new BinaryArray("float8", BATCH);
  const unit = new BinaryArray("text", BATCH);
  points.forEach((point, i) => {
    series.int4(seriesId(point));
    retentionClass.int2(RETENTION_CLASS);
    time.int8(microsOf(point.time));
    version.int8(point.time * 1_024 + i);
    tie.int4(i);
    value.float8(point.value);
    unit.text(UNIT);
  });
  return [series, retentionClass, time, version, tie, value, unit].map((column) => column.parameter());
}

export type Upsert = typeof tasks;

serve(tasks, async () => pool?.end());
