import type pg from "pg";
import { afterEach, beforeEach, expect, it } from "vitest";
import { verifyChain } from "../../layers/core/audit-check.ts";
import type { Event } from "../../layers/core/envelope.ts";
import { newEventId, sha256 } from "../../layers/core/ids.ts";
import { microsOf } from "../../layers/core/time.ts";
import { migrateLogs } from "../../layers/storage/logs/postgres/migrate.ts";
import type { Measurements } from "../../layers/storage/measurements/port.ts";
import { openPostgresMeasurements } from "../../layers/storage/measurements/postgres/measurements.ts";
import { migrateMeasurements } from "../../layers/storage/measurements/postgres/migrate.ts";
import { openPool } from "../../layers/storage/postgres/pool.ts";
import type { Registry } from "../../layers/storage/registry/port.ts";
import { openAudit } from "../../layers/storage/registry/postgres/audit.ts";
import { migrateRegistry } from "../../layers/storage/registry/postgres/migrate.ts";
import { openPostgresRegistry } from "../../layers/storage/registry/postgres/registry.ts";
import { modelEvent } from "../audit.ts";
import { type Fresh, freshDatabase } from "../fresh.ts";
import { addToOutbox, createKey, formerVersions, writePoints } from "./former-writers.ts";
import { migrateTo, sets } from "./sets.ts";

const MICROS_PER_HOUR = 3_600_000_000;
const BATCH = 20;
const WRITERS = 3;

let database: Fresh;
let pool: pg.Pool;

beforeEach(async () => {
  database = await freshDatabase();
  for (const set of sets) await migrateTo(database.url, set, formerVersions[set]);
  pool = openPool(database.url, { max: WRITERS + 2 });
});

afterEach(async () => {
  await pool.end();
  await database.drop();
});

/** What was acknowledged, by who wrote it. */
interface Acknowledged {
  batches: number[];
  keys: string[];
  outbox: number;
  audited: number;
}

/** Writes as the former version does, until it is told to end; anything that is refused fails the test. */
function runFormerVersion(base: number) {
  const acknowledged: Acknowledged = {
    ...{ batches: Array.from({ length: WRITERS }, () => 0), keys: [], outbox: 0, audited: 0 },
  };
  // Its statements are those of today: the audit's tables have not changed since.
  const audit = openAudit(pool);
  let running = true;
  const forEver = async (write: () => Promise<void>) => {
    while (running) await write();
  };
  const points = (writer: number) => async () => {
    const batch = acknowledged.batches[writer] ?? 0;
    const deviceId = `device-${writer}`;
    const times = Array.from({ length: BATCH }, (_, i) => base + (batch * BATCH + i) * 1_000_000);
    await writePoints(
      pool,
      deviceId,
      times.map((time) => ({ deviceId, time, version: 1, value: batch })),
    );
    acknowledged.batches[writer] = batch + 1;
  };
  const others = async () => {
    const keyId = `key_${acknowledged.keys.length}`;
    await createKey(pool, keyId, sha256(keyId), base);
    acknowledged.keys.push(keyId);
    await addToOutbox(pool, [modelEvent(newEventId()), modelEvent(newEventId())]);
    acknowledged.outbox += 2;
    await audit.append([modelEvent(newEventId())], base);
    acknowledged.audited += 1;
  };
  const loops = [...Array.from({ length: WRITERS }, (_, writer) => points(writer)), others].map(forEver);
  const failed = Promise.all(loops);
  failed.catch(() => undefined);
  return {
    acknowledged,
    total: () => acknowledged.batches.reduce((sum, batches) => sum + batches, 0),
    async end(): Promise<Acknowledged> {
      running = false;
      await failed;
      return acknowledged;
    },
  };
}

it("loses nothing that the former version writes before, while and after the schema is brought up to date [AWS-02]", async () => {
  const base = microsOf(Date.now()) - 6 * MICROS_PER_HOUR;
  const former = runFormerVersion(base);
  const more = (by: number) => {
    const reached = former.total() + by;
    return expect.poll(former.total).toBeGreaterThanOrEqual(reached);
  };
  await more(20);
  await migrateRegistry(database.url);
  await migrateMeasurements(database.url);
  await migrateLogs(database.url);
  await more(20);

  // The new version comes up beside it, sums up, and reads what it has not written.
  const measurements = openPostgresMeasurements({ connectionString: database.url });
  const registry = openPostgresRegistry({ connectionString: database.url });
  try {
    await measurements.rollUp(microsOf(Date.now()));
    await more(20);
    const acknowledged = await former.end();
    await expectMeasurements(measurements, acknowledged, base);
    await expectRegistry(registry, acknowledged);
  } finally {
    await measurements.close();
    await registry.close();
  }
});

async function expectMeasurements(
  measurements: Measurements,
  { batches }: Acknowledged,
  base: number,
): Promise<void> {
  const total = batches.reduce((sum, count) => sum + count, 0) * BATCH;
  const counted = await measurements.statistics.total(base - MICROS_PER_HOUR);
  expect(counted.points).toBe(total);
  expect(counted.metrics).toEqual([{ name: "temperature", devices: WRITERS }]);
  for (const [writer, count] of batches.entries()) {
    const series = { devices: [`device-${writer}`], metrics: ["temperature"] };
    const range = { ...series, from: base, to: base + count * BATCH * 1_000_000 };
    const { items } = await measurements.points({ ...range, limit: 10_000 });
    expect(items.map(({ value }) => value)).toEqual(
      Array.from({ length: Math.min(10_000, count * BATCH) }, (_, i) => Math.floor(i / BATCH)),
    );
    const whole = { interval: 24 * MICROS_PER_HOUR, aggregation: "count" as const };
    const buckets = await measurements.buckets({ ...range, ...whole, limit: 10 });
    expect(buckets.items.reduce((sum, { value }) => sum + Number(value), 0)).toBe(count * BATCH);
  }
}

async function expectRegistry(registry: Registry, { keys, outbox, audited }: Acknowledged): Promise<void> {
  for (const keyId of keys) {
    const key = await registry.keys.find(keyId);
    expect([key?.hash.equals(sha256(keyId)), key?.devices]).toEqual([true, undefined]);
  }
  const published: Event[] = [];
  while ((await registry.outbox.drain(async (events) => void published.push(...events), 500)) > 0);
  expect(published).toHaveLength(outbox);
  expect((await registry.audit.head())?.position).toBe(audited);
  const check = verifyChain([]);
  for (let after = 0; after < audited; ) {
    const { entries } = await registry.audit.list({ order: "oldest", after, limit: 100 });
    expect(check.add(entries)).toBeUndefined();
    after += entries.length;
  }
  expect(check.end()).toBeUndefined();
}
