import { gzipSync } from "node:zlib";
import { connect } from "amqplib";
import lz4 from "lz4js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Event } from "../../layers/core/envelope.ts";
import { type Platform, type Problem, startPlatform } from "../platform.ts";
import { at, minutesAgo, point, type RawPoint } from "../points.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(async () => {
  await platform.stop();
});

const single = (device: string) => `/api/v1/telemetry/devices/${device}/telemetry`;
const batch = (device: string) => `${single(device)}/batch`;
const bulk = "/api/v1/telemetry/bulk";

interface BatchAnswer {
  success: boolean;
  ingested_count: number;
  failed_count: number;
  total_count: number;
  errors: { index?: number; path: string; message: string }[];
}

interface Latest {
  value: unknown;
  unit: string | null;
  timestamp: string;
  tags: object;
  metadata: object;
}

const latest = (device: string, metric = "temperature") =>
  platform.get<Latest>(
    `${single(device).replace(/telemetry$/, "")}metrics/${encodeURIComponent(metric)}/latest`,
  );

/** Points arrive by way of the bus. */
const arrived = (device: string, value: unknown, metric?: string) =>
  expect.poll(async () => (await latest(device, metric)).body.value, { timeout: 10_000 }).toEqual(value);

const pointsOf = async (device: string, metrics = ["temperature"]) => {
  const range = { start_time: minutesAgo(60 * 24 * 40), end_time: at(Date.now() + 3_600_000) };
  const answer = await platform.post<{ data_points: { timestamp: string; value: unknown }[] }>(
    "/api/v1/telemetry/query",
    { devices: [device], metrics, ...range, limit: 10_000 },
  );
  return answer.body.data_points;
};

describe("one point", () => {
  it("is accepted with a confirmation and can be queried [E1-US1 AC1, E1-US1 AC2, E1-US1 AC5, FR-001]", async () => {
    const answer = await platform.post(single("device_001"), point());
    expect(answer).toMatchObject({
      status: 200,
      body: {
        success: true,
        message: "Data point ingested successfully",
        device_id: "device_001",
        metric_name: "temperature",
      },
    });
    await arrived("device_001", 25.5);
  });

  it.each([
    ["a number", -1e-300],
    ["text", 'on "mains" \\ {NULL}'],
    ["a boolean", false],
    ["JSON", { nested: [1, null, { deep: "ü😀" }] }],
    ["a geolocation", { lat: 52.52, lon: 13.405 }],
    ["binary as base64", Buffer.from([0, 255, 1]).toString("base64")],
  ])("may hold %s, and comes back as it was sent [E1-US1 AC3, FR-005]", async (name, value) => {
    const device = `values-${name.replaceAll(" ", "-")}`;
    expect((await platform.post(single(device), point({ value }))).status).toBe(200);
    await arrived(device, value);
  });

  it("keeps unit, tags and metadata [E1-US1 AC4]", async () => {
    const sent = point({
      unit: "celsius",
      tags: { location: "room_1" },
      metadata: { firmware: "1.2", n: 3 },
    });
    await platform.post(single("described"), sent);
    await arrived("described", 25.5);
    const { body } = await latest("described");
    expect(body).toMatchObject({ unit: "celsius", tags: sent.tags, metadata: sent.metadata });
    expect(Date.parse(body.timestamp)).toBe(Date.parse(sent.timestamp));
  });

  it("goes onto the bus as telemetry.data.received, for whoever subscribes [E1-US1 AC7]", async () => {
    const connection = await connect(platform.amqpUrl);
    const channel = await connection.createChannel();
    const { queue } = await channel.assertQueue("", { exclusive: true });
    await channel.bindQueue(queue, "metrics.events", "telemetry.data.received.*");
    const { promise, resolve } = Promise.withResolvers<Event>();
    await channel.consume(queue, (message) => message && resolve(JSON.parse(message.content.toString())));
    await platform.post(single("announced"), point({ value: 7 }));
    const event = await promise;
    expect(event).toMatchObject({ type: "telemetry.data.received", specversion: "1.0", userid: "key_admin" });
    expect(event.data).toMatchObject({
      points: [{ device_id: "announced", metric_name: "temperature", value: 7 }],
    });
    await connection.close();
  });
});

describe("a batch", () => {
  it("keeps the good points and reports the others by name [E1-US2 AC1, E1-US2 AC3, E1-US2 AC6, FR-002]", async () => {
    const data_points = [
      point({ value: 1, timestamp: minutesAgo(3) }),
      { ...point(), value: undefined },
      point({ value: 2, timestamp: minutesAgo(2) }),
      point({ timestamp: "2025-02-30T00:00:00Z" }),
    ];
    const { status, body } = await platform.post<BatchAnswer>(batch("partial"), { data_points });
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: false, ingested_count: 2, failed_count: 2, total_count: 4 });
    expect(body.errors).toEqual([
      { index: 1, path: "data_points[1].value", message: expect.stringContaining("required") },
      { index: 3, path: "data_points[3].timestamp", message: expect.stringContaining("RFC 3339") },
    ]);
    await arrived("partial", 2);
    expect((await pointsOf("partial")).map(({ value }) => value)).toEqual([1, 2]);
  });

  it("takes 1,000 points and refuses 1,001 [E1-US2 AC2]", async () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        point({ timestamp: at(Date.now() - (count - i) * 1_000), value: i }),
      );
    const { body } = await platform.post<BatchAnswer>(batch("thousand"), { data_points: many(1_000) });
    expect(body).toMatchObject({ success: true, ingested_count: 1_000 });
    await arrived("thousand", 999);
    expect(await pointsOf("thousand")).toHaveLength(1_000);
    const refused = await platform.post<Problem>(batch("thousand"), { data_points: many(1_001) });
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toEqual([
      { path: "data_points", message: "expected at most 1000 data points, got 1001" },
    ]);
  });

  it("repeated under its batch_id or Idempotency-Key changes nothing [E1-US2 AC4]", async () => {
    const timestamp = minutesAgo(1);
    const original = { data_points: [point({ timestamp, value: "first" })], batch_id: "batch_001" };
    await platform.post(batch("again"), original);
    await arrived("again", "first");
    await platform.post(single("again"), point({ timestamp, value: "newer" }));
    await arrived("again", "newer");
    await platform.post(batch("again"), original);
    const other = {
      data_points: [point({ timestamp: minutesAgo(0), value: "other content" })],
      batch_id: "batch_001",
    };
    await platform.post(batch("again"), other);
    await arrived("again", "other content");
    expect((await pointsOf("again")).map(({ value }) => value)).toEqual(["newer", "other content"]);
  });

  it.each(["gzip", "lz4"] as const)("may be compressed with %s [E1-US2 AC5]", async (compression) => {
    const json = Buffer.from(JSON.stringify([point({ value: compression })]));
    const compressed = compression === "gzip" ? gzipSync(json) : Buffer.from(lz4.compress(json));
    const body = { data_points: compressed.toString("base64"), compression };
    expect((await platform.post(batch(`packed-${compression}`), body)).status).toBe(200);
    await arrived(`packed-${compression}`, compression);
  });

  it("may come in a gzip body", async () => {
    const body = gzipSync(JSON.stringify({ data_points: [point({ value: "zipped" })] }));
    const answer = await platform.post(batch("zipped"), body, { headers: { "content-encoding": "gzip" } });
    expect(answer.status).toBe(200);
    await arrived("zipped", "zipped");
  });
});

describe("a bulk request", () => {
  it("takes many devices, reports each, and lets some fail [E1-US3 AC1, E1-US3 AC2, E1-US3 AC3, FR-003]", async () => {
    const { status, body } = await platform.post<{ results: Record<string, BatchAnswer> }>(bulk, {
      bulk_1: [point({ value: 1 })],
      bulk_2: [point({ value: 2 }), { nonsense: true }],
      "bad device": [point()],
      bulk_4: "not a list",
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: false, ingested_count: 2 });
    expect(body.results.bulk_1).toMatchObject({ success: true, ingested_count: 1 });
    expect(body.results.bulk_2).toMatchObject({ success: false, ingested_count: 1, failed_count: 1 });
    expect(body.results["bad device"]).toMatchObject({ ingested_count: 0, failed_count: 1 });
    expect(body.results.bulk_4?.errors).toEqual([
      { path: "bulk_4", message: "expected an array of data points" },
    ]);
    await arrived("bulk_1", 1);
    await arrived("bulk_2", 2);
  });
});

describe("a point that was sent before", () => {
  it("is overwritten by the later one, without an error, and a retry corrupts nothing [E1-US4 AC1, E1-US4 AC2, E1-US4 AC3, E1-US4 AC4, FR-004]", async () => {
    const timestamp = minutesAgo(5);
    for (const value of ["one", "two", "two"]) {
      expect((await platform.post(single("upsert"), point({ timestamp, value }))).status).toBe(200);
    }
    await arrived("upsert", "two");
    expect(await pointsOf("upsert")).toHaveLength(1);
  });
});

describe("bad input", () => {
  const refusals: [name: string, given: Partial<RawPoint> | object, status: number, path: string][] = [
    ["a text as timestamp", { timestamp: "yesterday" }, 400, "timestamp"],
    ["a timestamp without a zone", { timestamp: "2025-12-18T10:00:00" }, 400, "timestamp"],
    ["February 30th", { timestamp: "2026-02-30T10:00:00Z" }, 400, "timestamp"],
    ["a time an hour ahead", { timestamp: at(Date.now() + 3_600_000) }, 422, "timestamp"],
    ["a time beyond the retention", { timestamp: minutesAgo(60 * 24 * 91) }, 422, "timestamp"],
    ["a number as metric name", { metric_name: 7 }, 400, "metric_name"],
    ["a metric name outside the grammar", { metric_name: "9 lives" }, 400, "metric_name"],
    ["null as value", { value: null }, 400, "value"],
    ["an unknown field", { colour: "red" }, 400, "colour"],
    ["tags that are not text", { tags: { a: 1 } }, 400, "tags.a"],
    ["a value of 20 KB", { value: "x".repeat(20_000) }, 400, "value"],
  ];

  it.each(refusals)("%s is refused by name [NFR-009]", async (_, given, status, path) => {
    const answer = await platform.post<Problem>(single("refused"), { ...point(), ...given });
    expect(answer.status).toBe(status);
    expect(answer.body.errors?.map((fault) => fault.path)).toEqual([path]);
    expect(answer.headers.get("x-request-id")).toBe(answer.body.request_id);
  });

  it.each([
    ["malformed JSON", '{"timestamp": '],
    ["NaN", '{"timestamp":"2026-01-01T00:00:00Z","metric_name":"t","value":NaN}'],
    ["nothing", ""],
  ])("%s is refused", async (_, body) => {
    expect((await platform.post<Problem>(single("refused"), body)).status).toBe(400);
  });

  it("1e999 is refused, in a value and inside one", async () => {
    for (const value of ["1e999", '{"a":[1e999]}']) {
      const body = JSON.stringify(point({ value: "?" })).replace('"?"', value);
      const answer = await platform.post<Problem>(single("refused"), body);
      expect(answer.body.errors).toEqual([{ path: "value", message: "holds a number that is not finite" }]);
    }
  });

  it("a hundred thousand levels of nesting are refused, and the server stays up", async () => {
    const deep = `${"[".repeat(100_000)}1${"]".repeat(100_000)}`;
    const body = JSON.stringify(point({ value: "?" })).replace('"?"', deep);
    const answer = await platform.post<Problem>(single("refused"), body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.path).toBe("value");
    expect((await platform.get("/health")).status).toBe(200);
  });

  it("a body of 20 MB is refused with 413", async () => {
    const answer = await platform.post<Problem>(batch("refused"), "x".repeat(20 * 1_024 * 1_024));
    expect(answer.status).toBe(413);
  });

  it("a gzip bomb is refused with 413, as a body and as data_points", async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1_024 * 1_024));
    const headers = { "content-encoding": "gzip" };
    expect((await platform.post(batch("refused"), bomb, { headers })).status).toBe(413);
    const inside = { data_points: bomb.toString("base64"), compression: "gzip" };
    expect((await platform.post(batch("refused"), inside)).status).toBe(413);
  });

  it("another content coding is refused with 415", async () => {
    const answer = await platform.post(batch("refused"), "x", { headers: { "content-encoding": "br" } });
    expect(answer.status).toBe(415);
  });

  it("a device id outside the grammar is refused by name", async () => {
    const answer = await platform.post<Problem>(single("bad%20device"), point());
    expect(answer.body.errors?.[0]?.path).toBe("device_id");
  });

  it("a batch in which nothing is good is refused whole: 422 if all of it was well-formed", async () => {
    const ahead = { data_points: [point({ timestamp: at(Date.now() + 3_600_000) })] };
    expect((await platform.post(batch("refused"), ahead)).status).toBe(422);
    expect((await platform.post(batch("refused"), { data_points: [{}] })).status).toBe(400);
    expect((await platform.post(batch("refused"), { data_points: [] })).status).toBe(400);
  });
});
