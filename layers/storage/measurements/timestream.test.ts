import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { timestreamClients } from "../../../test/aws/timestream-stand-in/clients.ts";
import {
  type Operation,
  startTimestream,
  type TimestreamStandIn,
} from "../../../test/aws/timestream-stand-in/server.ts";
import { RefusedError } from "../../core/errors.ts";
import { microsOf } from "../../core/time.ts";
import { DAY, HOUR, MIDNIGHT, newName, pointOf, pointsOf, withoutVersion } from "./contract/samples.ts";
import { describeMeasurements } from "./port.contract.ts";
import type { Measurements } from "./port.ts";
import { ask } from "./timestream/ask.ts";
import { migrateTimestream, openTimestreamMeasurements } from "./timestream/measurements.ts";

describeMeasurements("the measurements in a stand-in for Timestream", async () => {
  const timestream = await startTimestream();
  const options = { ...timestreamClients(timestream.url), database: timestream.database };
  await migrateTimestream(options);
  const store = openTimestreamMeasurements(options);
  return {
    store,
    async close() {
      await store.close();
      await timestream.close();
    },
  };
});

describe("what is Timestream's own", () => {
  let timestream: TimestreamStandIn;
  let store: Measurements;

  const open = () =>
    openTimestreamMeasurements({ ...timestreamClients(timestream.url), database: timestream.database });

  beforeAll(async () => {
    // The contract's keeps what a new record lacks.
    timestream = await startTimestream({ keepsMeasures: false });
    await migrateTimestream({ ...timestreamClients(timestream.url), database: timestream.database });
    store = open();
  });
  afterAll(async () => {
    await store.close();
    await timestream.close();
  });

  const namesOf = (operations: readonly Operation[]) => operations.map(({ name }) => name);
  const rows = async (sql: string) => ask(timestreamClients(timestream.url).query, "looking", sql);

  it("writes a hundred records a request, and says once what they have in common", async () => {
    const deviceId = newName("d");
    const points = Array.from({ length: 250 }, (_, i) => pointOf({ deviceId, time: MIDNIGHT + i }));
    await store.write([pointOf({ deviceId: newName("d") })]);
    const before = timestream.operations.length;
    await store.write([...points, ...points.slice(0, 50)]);
    const writes = timestream.operations.slice(before).filter(({ name }) => name === "WriteRecords");
    const bodies = writes.map(
      ({ body }) => body as { Records: { Time: string }[]; CommonAttributes: object },
    );
    expect(bodies.map(({ Records }) => Records.length).sort((a, b) => b - a)).toEqual([100, 100, 50]);
    // They are under way at the same time.
    const first = bodies.find(({ Records }) => Records[0]?.Time === String(MIDNIGHT));
    expect(first?.CommonAttributes).toEqual({
      Dimensions: [
        { Name: "device", Value: deviceId },
        { Name: "metric", Value: "temperature" },
      ],
      MeasureName: "point",
      MeasureValueType: "MULTI",
      TimeUnit: "MICROSECONDS",
    });
    expect(first?.Records[0]).toEqual({
      Dimensions: [],
      Time: String(MIDNIGHT),
      Version: 2,
      MeasureValues: [
        { Name: "value", Value: "20.5", Type: "DOUBLE" },
        { Name: "version", Value: "1", Type: "BIGINT" },
        { Name: "holds", Value: "n", Type: "VARCHAR" },
      ],
    });
  });

  it("replaces all of a point, also where a record that is written over keeps nothing", async () => {
    const deviceId = newName("d");
    await store.write([pointOf({ deviceId, unit: "celsius", tags: { room: "1" }, value: "on" })]);
    const later = pointOf({ deviceId, version: 2, value: { a: 1 }, metadata: { note: "b" } });
    await store.write([later]);
    expect(await pointsOf(store, deviceId)).toEqual([withoutVersion(later)]);
  });

  it("makes the table of a retention once, whoever finds it missing at the same time [NFR-012]", async () => {
    const stores = [1, 2, 3, 4].map(open);
    const deviceId = newName("d");
    const now = microsOf(Date.now());
    const write = (store: Measurements, i: number) =>
      store.write([pointOf({ deviceId, time: now - i })], () => ({ days: 17, since: 0 }));
    await Promise.all(stores.map(write));
    const made = timestream.operations.filter(({ name }) => name === "CreateTable").map(({ body }) => body);
    expect(made).toContainEqual({
      DatabaseName: timestream.database,
      TableName: "points_17d",
      RetentionProperties: { MemoryStoreRetentionPeriodInHours: 24, MagneticStoreRetentionPeriodInDays: 18 },
      MagneticStoreWriteProperties: { EnableMagneticStoreWrites: true },
      Schema: {
        CompositePartitionKey: [{ Type: "DIMENSION", Name: "device", EnforcementInRecord: "REQUIRED" }],
      },
    });
    const range = { devices: [deviceId], metrics: ["temperature"], from: now - HOUR, to: now + 1, limit: 10 };
    expect((await open().points(range)).items).toHaveLength(4);
  });

  it("never shows an older version of a point again once the newest has expired [FR-004, NFR-012]", async () => {
    const deviceId = newName("d");
    const now = Date.now();
    const time = microsOf(now) - 6 * DAY;
    await store.write([pointOf({ deviceId, time, version: 1, value: "old" })], () => ({
      days: 30,
      since: 0,
    }));
    const shortened = () => ({ days: 7, since: microsOf(now) });
    await store.write([pointOf({ deviceId, time, version: 2, value: "new" })], shortened);
    const seenAfter = async (days: number) => {
      const clock = { now: () => now + days * 86_400_000 };
      const later = openTimestreamMeasurements({
        ...timestreamClients(timestream.url),
        database: timestream.database,
        clock,
      });
      const range = { devices: [deviceId], metrics: ["temperature"], from: 0, to: microsOf(now), limit: 10 };
      return (await later.points(range)).items.map(({ value }) => value);
    };
    expect(await seenAfter(0.5)).toEqual(["new"]);
    expect(await seenAfter(1.5)).toEqual([]);
  });

  it("leaves nothing of what an erased point said, but its key, and takes what comes after [FR-020]", async () => {
    const deviceId = newName("d");
    const acceptedMs = Date.now() - 60_000;
    const secret = pointOf({
      deviceId,
      value: "secret",
      unit: "secret",
      tags: { a: "secret" },
      version: acceptedMs * 1_024,
    });
    await store.write([secret]);
    expect(await store.erase(deviceId, microsOf(acceptedMs + 1), 10)).toBe(1);
    const left = await rows(
      `SELECT * FROM "${timestream.database}"."points_90d" WHERE device = '${deviceId}'`,
    );
    expect(left).toHaveLength(1);
    expect(JSON.stringify(left)).not.toContain("secret");
    await store.write([secret]);
    expect(await pointsOf(store, deviceId)).toEqual([]);
    expect(await store.metricNames(deviceId)).toEqual([]);
    await store.write([pointOf({ deviceId, value: "again", version: (acceptedMs + 1) * 1_024 })]);
    expect(await pointsOf(store, deviceId)).toMatchObject([{ value: "again" }]);
  });

  it("erases nothing that no answer counts any more, for Timestream may take no record of its time [FR-020]", async () => {
    const deviceId = newName("d");
    const now = Date.now();
    const point = pointOf({ deviceId, time: microsOf(now), version: now * 1_024 });
    await store.write([point], () => ({ days: 1, since: 0 }));
    const eraseAfter = (days: number) =>
      openTimestreamMeasurements({
        ...timestreamClients(timestream.url),
        database: timestream.database,
        clock: { now: () => now + days * 86_400_000 },
      }).erase(deviceId, microsOf(now + 1), 10);
    expect(await eraseAfter(1.5)).toBe(0);
    expect(await eraseAfter(0.5)).toBe(1);
  });

  it("gives tables their columns again with every maintenance", async () => {
    const before = timestream.operations.length;
    await open().maintain(microsOf(Date.now()));
    const asked = namesOf(timestream.operations.slice(before));
    const tables = asked.filter((name) => name === "WriteRecords").length;
    expect(tables).toBeGreaterThan(1);
    expect(asked.filter((name) => name === "CreateTable")).toEqual([]);
  });

  it("refuses a query that names more devices than Timestream takes", async () => {
    const devices = Array.from({ length: 10_000 }, (_, i) => `${"d".repeat(100)}${i}`);
    const query = { devices, metrics: ["m"], from: 0, to: MIDNIGHT, limit: 1 };
    await expect(store.points(query)).rejects.toThrow(RefusedError);
  });
});
