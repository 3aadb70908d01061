import { CreateDatabaseCommand, DescribeTableCommand } from "@aws-sdk/client-timestream-write";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { keptByMoto } from "../../../test/aws/kept-by-moto.ts";
import { complaintsAbout, recordRequests, type SentRequest } from "../../../test/aws/service-models.ts";
import { timestreamClients } from "../../../test/aws/timestream-stand-in/clients.ts";
import { aggregations } from "../../core/aggregation.ts";
import { microsOf } from "../../core/time.ts";
import { DAY, HOUR, MIDNIGHT, pointOf } from "./contract/samples.ts";
import type { Measurements } from "./port.ts";
import { migrateTimestream, openTimestreamMeasurements } from "./timestream/measurements.ts";

// moto takes every write, keeps it as it came, and answers queries with what it was told to answer.

const database = "telemetry";
const clients = timestreamClients(inject("s3Url"));
let sent: { write: SentRequest[]; query: SentRequest[] };
let store: Measurements;

/** What moto keeps of a table. */
const recordsOf = async (table: string) =>
  (await keptByMoto("timestreamwrite", "TimestreamTable")).find(({ name }) => name === table)?.records;

beforeAll(async () => {
  await clients.write.send(new CreateDatabaseCommand({ DatabaseName: database }));
  sent = {
    write: recordRequests(clients.write, "timestream-write"),
    query: recordRequests(clients.query, "timestream-query"),
  };
  await migrateTimestream({ ...clients, database });
  store = openTimestreamMeasurements({ ...clients, database });
});
afterAll(() => store.close());

describe("measurements in moto's Timestream", () => {
  it("make tables that keep a point as long as they say [AWS-05]", async () => {
    const { Table } = await clients.write.send(
      new DescribeTableCommand({ DatabaseName: database, TableName: "points_90d" }),
    );
    expect(Table).toMatchObject({
      RetentionProperties: { MemoryStoreRetentionPeriodInHours: 24, MagneticStoreRetentionPeriodInDays: 91 },
      MagneticStoreWriteProperties: { EnableMagneticStoreWrites: true },
      Schema: { CompositePartitionKey: [{ Type: "DIMENSION", Name: "device" }] },
    });
  });

  it("are one record each [AWS-05, EDGE-09]", async () => {
    const point = { value: "on", unit: "state", tags: { room: "1" }, metadata: { a: [1] }, version: 7 };
    await store.write([pointOf({ deviceId: "moto-1", ...point })]);
    expect(await recordsOf("points_90d")).toContainEqual({
      Dimensions: [],
      Time: String(MIDNIGHT),
      Version: 8,
      MeasureValues: [
        { Name: "text", Value: "on", Type: "VARCHAR" },
        { Name: "version", Value: "7", Type: "BIGINT" },
        { Name: "unit", Value: "state", Type: "VARCHAR" },
        { Name: "tags", Value: '{"room":"1"}', Type: "VARCHAR" },
        { Name: "metadata", Value: '{"a":[1]}', Type: "VARCHAR" },
        { Name: "holds", Value: "sutm", Type: "VARCHAR" },
      ],
    });
  });

  it("ask for nothing that AWS's service models do not know [AWS-05, AWS-08]", async () => {
    const many = Array.from({ length: 230 }, (_, i) =>
      pointOf({
        deviceId: `d${i % 3}`,
        metricName: `m${i % 7}`,
        time: MIDNIGHT + i,
        value: "x".repeat(1_500),
      }),
    );
    await store.write(many);
    await store.write([pointOf({ time: microsOf(Date.now()) })], () => ({ days: 3_650, since: 0 }));
    const range = { from: MIDNIGHT, to: MIDNIGHT + DAY, limit: 10_000 };
    const filter = {
      ...range,
      devices: ["d1"],
      metrics: ["m1"],
      tags: { "it's": "x" },
      min: -1e300,
      max: 5e-324,
    };
    await store.points(filter);
    for (const aggregation of aggregations) await store.buckets({ ...filter, aggregation, interval: HOUR });
    await store.latest({ deviceId: "d1", metricName: "m1", since: 0 });
    await store.metricNames("d1");
    await store.statistics.device("d1", MIDNIGHT);
    await store.statistics.total(MIDNIGHT);
    await store.erase("d1", microsOf(Date.now()), 10);
    await store.maintain(microsOf(Date.now()));
    await store.check();
    const requests = [...sent.write, ...sent.query];
    const operations = new Set(requests.map(({ operation }) => operation));
    expect(operations).toEqual(
      new Set(["CreateTable", "ListTables", "DescribeTable", "WriteRecords", "Query"]),
    );
    expect(requests.length).toBeGreaterThan(20);
    expect(await complaintsAbout(requests)).toEqual([]);
  });

  it("are checked by models that would complain", async () => {
    const input = {
      DatabaseName: database,
      TableName: "points_90d",
      Records: Array.from({ length: 101 }, () => ({})),
    };
    const measure = { Records: [{ MeasureValues: [{ Name: "a", Value: "", Type: "NUMBER" }] }] };
    const service = "timestream-write";
    const complaints = await complaintsAbout([
      { service, operation: "WriteRecords", input },
      { service, operation: "WriteRecords", input: measure },
    ]);
    for (const wanted of ["101 is more than 100", "DatabaseName", "NUMBER is none of", "min length"])
      expect(complaints.join("\n")).toContain(wanted);
  });
});
