import { afterEach, expect, it, vi } from "vitest";
import { startTimestream } from "../../../test/aws/timestream-stand-in/server.ts";
import { measurements } from "./measurements.ts";
import { migrateBundledMeasurements } from "./migrations.ts";
import { mostPointBytes } from "./point-size.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("keeps measurements in Timestream where the environment names a database of it [AWS-05, EDGE-09]", async () => {
  const timestream = await startTimestream();
  vi.stubEnv("AWS_ACCESS_KEY_ID", "any");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "any");
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ENDPOINT_URL_TIMESTREAM_WRITE", timestream.url);
  vi.stubEnv("AWS_ENDPOINT_URL_TIMESTREAM_QUERY", timestream.url);
  vi.stubEnv("TIMESTREAM_DATABASE", timestream.database);
  await migrateBundledMeasurements(new URL("file:///nothing/"));
  const store = await measurements();
  const time = Date.now() * 1_000;
  await store.write([{ deviceId: "d", metricName: "m", time, value: 1, version: 1, tie: 0 }]);
  const { items } = await store.points({ metrics: ["m"], from: time, to: time + 1, limit: 1 });
  expect(items).toEqual([{ deviceId: "d", metricName: "m", time, value: 1 }]);
  await store.check();
  expect(mostPointBytes()).toBe(store.capabilities.mostPointBytes);
  // Clients first ask which cell their account is in.
  expect(timestream.operations.filter(({ name }) => name === "DescribeEndpoints")).not.toEqual([]);
  await store.close();
  await timestream.close();
});

it("keeps them in PostgreSQL where it names none, and says what it needs for that", async () => {
  vi.stubEnv("TIMESTREAM_DATABASE", "");
  expect(mostPointBytes()).toBeUndefined();
  await expect(measurements()).rejects.toThrow("DATABASE_SECRET_ARN");
});
