import { afterAll, beforeAll, expect, it } from "vitest";
import type { Reply } from "../../../../test/answering-server.ts";
import { timestreamClients } from "../../../../test/aws/timestream-stand-in/clients.ts";
import {
  faultReply,
  type Operation,
  startTimestream,
  type TimestreamStandIn,
} from "../../../../test/aws/timestream-stand-in/server.ts";
import { PermanentError, UnavailableError } from "../../../core/errors.ts";
import { MIDNIGHT, newName, pointOf, pointsOf } from "../contract/samples.ts";
import { expectUnavailable } from "../contract/unavailable.ts";
import type { Measurements } from "../port.ts";
import { migrateTimestream, openTimestreamMeasurements } from "./measurements.ts";

// Answers as "WriteRecords" and "Common Errors" of the Amazon Timestream API Reference have them.

let timestream: TimestreamStandIn;
let store: Measurements;
let interfere: ((operation: Operation) => Reply | undefined) | undefined;

beforeAll(async () => {
  timestream = await startTimestream({ interfere: (operation) => interfere?.(operation) });
  const options = { ...timestreamClients(timestream.url), database: timestream.database };
  await migrateTimestream(options);
  store = openTimestreamMeasurements(options);
});
afterAll(async () => {
  await store.close();
  await timestream.close();
});

const namesOf = (operations: readonly Operation[]) => operations.map(({ name }) => name);
const during = async (reply: (operation: Operation) => Reply | undefined, work: () => Promise<void>) => {
  interfere = reply;
  await work().finally(() => {
    interfere = undefined;
  });
};

it("is sent again what was throttled, and is unavailable if that does not pass", async () => {
  const deviceId = newName("d");
  let left = 2;
  const throttled = faultReply("ThrottlingException", "Rate exceeded");
  await during(
    ({ name }) => (name === "WriteRecords" && left-- > 0 ? throttled : undefined),
    () => store.write([pointOf({ deviceId })]),
  );
  expect(await pointsOf(store, deviceId)).toHaveLength(1);
  await during(
    () => throttled,
    async () => {
      await expect(store.write([pointOf({ deviceId })])).rejects.toThrow(UnavailableError);
      await expect(store.points({ metrics: ["m"], from: 0, to: MIDNIGHT, limit: 1 })).rejects.toThrow(
        /Rate exceeded/,
      );
    },
  );
});

it.each([
  ["InternalServerException", 500, UnavailableError],
  ["AccessDeniedException", 400, UnavailableError],
  ["ServiceQuotaExceededException", 400, UnavailableError],
  ["ValidationException", 400, PermanentError],
])("says what it means that a write is answered %s", async (type, status, kind) => {
  await during(
    ({ name }) => (name === "WriteRecords" ? faultReply(type, "because", {}, status) : undefined),
    () => expect(store.write([pointOf({ deviceId: newName("d") })])).rejects.toThrow(kind),
  );
});

it.each([
  ["which it does not tell", []],
  ["that was not sent", [{ RecordIndex: 7, Reason: "because" }]],
])("trusts nothing to be stored when a record is rejected %s", async (_, RejectedRecords) => {
  await during(
    ({ name }) =>
      name === "WriteRecords"
        ? faultReply("RejectedRecordsException", "Some", { RejectedRecords })
        : undefined,
    () => expect(store.write([pointOf({ deviceId: newName("d") })])).rejects.toThrow(UnavailableError),
  );
});

it("stores what stands beside a record that is rejected for what it is, and says so", async () => {
  const deviceId = newName("d");
  const rejected = [{ RecordIndex: 0, Reason: "because" }];
  const points = [0, 1].map((micros) => pointOf({ deviceId, time: MIDNIGHT + micros }));
  await during(
    ({ name, body }) => {
      const { Records } = body as { Records: { Time: string }[] };
      if (name !== "WriteRecords" || Records.length < 2) return undefined;
      return faultReply("RejectedRecordsException", "Some", { RejectedRecords: rejected });
    },
    () =>
      expect(store.write(points)).rejects.toThrow(
        /Timestream rejected a point of temperature of .*: because/,
      ),
  );
});

it("stores every point once when some requests of a write fail and all is written again [FR-004]", async () => {
  const deviceId = newName("d");
  const points = Array.from({ length: 1_000 }, (_, i) => pointOf({ deviceId, time: MIDNIGHT + i, value: i }));
  let count = 0;
  const failing = () => faultReply("InternalServerException", "because", {}, 500);
  await during(
    ({ name }) => (name === "WriteRecords" && count++ % 2 === 1 ? failing() : undefined),
    async () => {
      const flaky = openTimestreamMeasurements({
        ...timestreamClients(timestream.url, 1),
        database: timestream.database,
      });
      await expect(flaky.write(points)).rejects.toThrow(UnavailableError);
      const stored = (await pointsOf(store, deviceId)).length;
      expect(stored).toBeGreaterThan(0);
      expect(stored).toBeLessThan(points.length);
    },
  );
  await store.write(points);
  expect((await pointsOf(store, deviceId)).map(({ value }) => value)).toEqual(
    points.map(({ value }) => value),
  );
});

it("makes a table again that is gone, and stores then what it could not", async () => {
  const lost = faultReply("ResourceNotFoundException", "The table points_90d does not exist.", {}, 404);
  const point = pointOf({ deviceId: newName("d") });
  await store.write([pointOf({})]);
  await during(
    ({ name }) => (name === "WriteRecords" ? lost : undefined),
    () => expect(store.write([point])).rejects.toThrow(UnavailableError),
  );
  const before = timestream.operations.length;
  await store.write([point]);
  const names = namesOf(timestream.operations.slice(before));
  expect(names.at(0)).toBe("ListTables");
  expect(names.filter((name) => name === "WriteRecords")).toHaveLength(2);
  expect(await pointsOf(store, point.deviceId)).toHaveLength(1);
});

it("says that the store is unavailable, whatever is asked, when nobody listens", async () => {
  const clients = timestreamClients("http://127.0.0.1:1", 1);
  await expectUnavailable(openTimestreamMeasurements({ ...clients, database: "telemetry" }));
});
