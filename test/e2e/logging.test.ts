import { afterAll, beforeAll, expect, it } from "vitest";
import { loggerTo } from "../../layers/core/json-log.ts";
import { type Platform, startPlatform } from "../platform.ts";

interface Line {
  level: string;
  message: string;
  requestId?: string;
  [detail: string]: unknown;
}

const lines: Line[] = [];
let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform({ logger: loggerTo((line) => void lines.push(JSON.parse(line) as Line)) });
});

afterAll(async () => {
  await platform.stop();
});

const of = (requestId: string | null) => lines.filter((line) => line.requestId === requestId);

it("logs every request once, with its route, status, duration and who called [NFR-010]", async () => {
  const { headers } = await platform.get("/api/v1/telemetry/devices/pump-1/metrics");
  expect(of(headers.get("x-request-id"))).toEqual([
    {
      ...{ time: expect.any(String), level: "info", message: "request" },
      requestId: headers.get("x-request-id"),
      method: "GET",
      route: "/api/v1/telemetry/devices/{device_id}/metrics",
      status: 200,
      keyId: "key_admin",
      durationMs: expect.any(Number),
    },
  ]);
});

it("logs what is refused with the request id that the caller was told [NFR-010]", async () => {
  const { status, body } = await platform.post<{ request_id: string }>("/api/v1/events", { no: "event" });
  expect(status).toBe(400);
  expect(of(body.request_id)).toMatchObject([{ message: "request", status: 400, keyId: "key_admin" }]);
});

it("logs an error with its stack trace, and tells the caller none of it [NFR-010]", async () => {
  const { devices } = platform.runtime.dependencies.registry;
  const list = devices.list;
  devices.list = async () => {
    throw new Error("a fault in the program");
  };
  const { status, body } = await platform.get<{ request_id: string }>("/api/v1/devices");
  devices.list = list;
  expect(status).toBe(500);
  expect(JSON.stringify(body)).not.toContain("fault in the program");
  const error = { message: "a fault in the program", stack: expect.stringContaining("logging.test.ts") };
  expect(of(body.request_id)).toContainEqual(
    expect.objectContaining({ level: "error", error: expect.objectContaining(error) }),
  );
});
