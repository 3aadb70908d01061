import { afterAll, beforeAll, expect, it } from "vitest";
import { topology } from "../../layers/topology/topology.ts";
import { type Platform, startPlatform } from "../platform.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(async () => {
  await platform.stop();
});

interface Detailed {
  status: string;
  components: Record<string, { status: string }>;
  queues: { queue: string; ready: number; consumers: number }[];
  performance: Record<string, number | null>;
}

it("answers 200 with the service's name, port and version [E6-US3 AC1, E6-US3 AC3, NFR-011]", async () => {
  const { status, body } = await platform.get("/health", { key: null });
  expect(status).toBe(200);
  const port = Number(new URL(platform.url).port);
  expect(body).toEqual({
    status: "healthy",
    service: "telemetry_service",
    port,
    version: expect.any(String),
  });
});

it("reports each component, and performance [E6-US4 AC1, E6-US4 AC2, E6-US4 AC3, NFR-011]", async () => {
  const { body } = await platform.get<Detailed>("/health/detailed");
  expect(body.status).toBe("healthy");
  expect(Object.keys(body.components)).toEqual(
    expect.arrayContaining(["data_ingestion", "time_series_db", "alert_engine", "real_time_stream"]),
  );
  expect(body.performance).toMatchObject({
    uptime_seconds: expect.any(Number),
    memory_mb: expect.any(Number),
  });
});

it("reports each queue's depth and consumers [BUS-21]", async () => {
  const enabled = topology().queues.filter((queue) => queue.enabled);
  const consumed = enabled.filter(({ consumer }) => consumer !== undefined).map(({ name }) => name);
  await expect
    .poll(async () => {
      const { body } = await platform.get<Detailed>("/health/detailed");
      return body.queues.filter(({ consumers }) => consumers === 1).map(({ queue }) => queue);
    })
    .toEqual(consumed);
  const { body } = await platform.get<Detailed>("/health/detailed");
  expect(body.queues.map(({ queue }) => queue)).toEqual(enabled.map(({ name }) => name));
  expect(body.queues.every(({ ready }) => ready === 0)).toBe(true);
});
