import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Platform, startPlatform } from "../platform.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(async () => {
  await platform.stop();
});

const nanos = (): string => `${Date.now()}000000`;
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const resource = (...attributes: object[]) => ({ resource: { attributes } });

const logs = (...logRecords: object[]) => ({
  resourceLogs: [{ ...resource(text("service.name", "checkout")), scopeLogs: [{ logRecords }] }],
});

const metrics = (device: string, ...found: object[]) => ({
  resourceMetrics: [{ ...resource(text("host.name", device)), scopeMetrics: [{ metrics: found }] }],
});

const gauge = (dataPoints: object[]) => ({ name: "temperature", unit: "Cel", gauge: { dataPoints } });

interface Status {
  code: number;
  message: string;
}

describe("POST /v1/logs", () => {
  it("takes an export, and answers as OTLP wants it", async () => {
    const record = { timeUnixNano: nanos(), severityNumber: 17, body: { stringValue: "payment declined" } };
    const answer = await platform.post("/v1/logs", logs(record));
    expect([answer.status, answer.body]).toEqual([200, {}]);
    const find = async () =>
      (await platform.get<{ entries: object[] }>("/api/v1/logs?q=declined&service=checkout")).body.entries;
    await expect.poll(find).toMatchObject([{ level: "error", message: "payment declined" }]);
  });

  it("says how many records it left out, and why", async () => {
    const late = { timeUnixNano: `${Date.now() + 3_600_000}000000`, body: { stringValue: "late" } };
    const good = { timeUnixNano: nanos(), body: { stringValue: "good" } };
    const { status, body } = await platform.post("/v1/logs", logs(late, good));
    expect([status, body]).toEqual([
      200,
      {
        partialSuccess: {
          rejectedLogRecords: "1",
          errorMessage: expect.stringContaining("logRecords[0].timestamp: more than 15 minutes ahead"),
        },
      },
    ]);
  });

  it("takes an empty export, and plain entries", async () => {
    expect(await platform.post("/v1/logs", {})).toMatchObject({ status: 200, body: {} });
    const plain = { service: "corerl", level: "INFO", message: "plain", timestamp: new Date().toISOString() };
    expect(await platform.post("/v1/logs", plain)).toMatchObject({
      status: 202,
      body: { ingested_count: 1 },
    });
    const both = [plain, plain];
    expect(await platform.post("/v1/logs", both)).toMatchObject({ status: 202, body: { ingested_count: 2 } });
  });
});

describe("POST /v1/metrics", () => {
  it("makes measurements of a host, to be queried by the metric and its attributes", async () => {
    const point = { timeUnixNano: nanos(), asDouble: 21.5, attributes: [text("sensor.id", "t1")] };
    const answer = await platform.post("/v1/metrics", metrics("dev-1", gauge([point])));
    expect([answer.status, answer.body]).toEqual([200, {}]);
    const name = encodeURIComponent('temperature{sensor_id="t1"}');
    const path = `/api/v1/telemetry/devices/dev-1/metrics/${name}/latest`;
    await expect
      .poll(async () => (await platform.get(path)).body)
      .toMatchObject({ value: 21.5, unit: "Cel", tags: { "host.name": "dev-1", "sensor.id": "t1" } });
  });

  it("takes more points of a device than a batch may have, and of one key the last", async () => {
    const time = nanos();
    const points = Array.from({ length: 3_000 }, (_, n) => ({
      timeUnixNano: time,
      asInt: String(n),
      attributes: [text("n", String(n % 2_500))],
    }));
    expect((await platform.post("/v1/metrics", metrics("dev-2", gauge(points)))).status).toBe(200);
    const latest = async (n: number) => {
      const name = encodeURIComponent(`temperature{n="${n}"}`);
      const path = `/api/v1/telemetry/devices/dev-2/metrics/${name}/latest`;
      return (await platform.get<{ value: number }>(path)).body.value;
    };
    await expect.poll(() => latest(2_499), { timeout: 15_000 }).toBe(2_499);
    await expect.poll(() => latest(7), { timeout: 15_000 }).toBe(2_507);
  });

  it("says how many data points it left out, and why", async () => {
    const points = [
      { timeUnixNano: nanos(), asDouble: "NaN" },
      { timeUnixNano: nanos(), asDouble: 1 },
    ];
    const { status, body } = await platform.post("/v1/metrics", metrics("dev-3", gauge(points)));
    expect([status, body]).toEqual([
      200,
      {
        partialSuccess: {
          rejectedDataPoints: "1",
          errorMessage: expect.stringContaining("dataPoints[0].value: holds a number that is not finite"),
        },
      },
    ]);
  });

  it("changes nothing when an export is repeated under its idempotency key", async () => {
    const point = { timeUnixNano: nanos(), asDouble: 1 };
    const send = (value: number, key?: string) =>
      platform.post("/v1/metrics", metrics("dev-4", gauge([{ ...point, asDouble: value }])), {
        headers: key ? { "idempotency-key": key } : {},
      });
    const latest = async () =>
      (await platform.get<{ value: number }>("/api/v1/telemetry/devices/dev-4/metrics/temperature/latest"))
        .body.value;
    await send(1, "export-1");
    await expect.poll(latest).toBe(1);
    await send(2);
    await expect.poll(latest).toBe(2);
    await send(1, "export-1");
    await send(3);
    await expect.poll(latest).toBe(3);
  });
});

describe.each(["/v1/logs", "/v1/metrics"])("%s", (path) => {
  it("asks for JSON where it gets protobuf", async () => {
    const headers = { "content-type": "application/x-protobuf" };
    const { status, body } = await platform.post<Status>(path, new Uint8Array([10, 0]), { headers });
    expect([status, body.code]).toEqual([415, 3]);
    expect(body.message).toContain("OTEL_EXPORTER_OTLP_PROTOCOL=http/json");
  });

  it.each([
    ["no key", "{}", { key: null }, 401, 16],
    ["no JSON", "{", {}, 400, 3],
  ])("answers %s with a google.rpc.Status", async (_, body, options, status, code) => {
    const answer = await platform.post<Status>(path, body, options);
    expect([answer.status, answer.body]).toEqual([
      status,
      expect.objectContaining({ code, message: expect.any(String), request_id: expect.any(String) }),
    ]);
  });
});
