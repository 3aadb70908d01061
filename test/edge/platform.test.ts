import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Platform, startPlatform } from "../platform.ts";
import { at } from "../points.ts";
import { type EdgeAgent, startEdge } from "./agent.ts";
import { apacheLines } from "./apache-lines.ts";

// The agent and the whole platform: what is sent to the one is found in the other.

let platform: Platform;
let agent: EdgeAgent;

beforeAll(async () => {
  platform = await startPlatform();
  agent = await startEdge(platform);
});

afterAll(async () => {
  await agent.discard();
  await platform.stop();
});

interface Found {
  entries: { message: string; attributes: object }[];
  count: number;
}

const search = async (query: Record<string, string>) =>
  (await platform.get<Found>(`/api/v1/logs?${new URLSearchParams(query)}`)).body;

const count = async (query: Record<string, string>) => (await search(query)).count;

const entry = (given: object = {}) => ({ service: "corerl", level: "INFO", message: "started", ...given });

describe("logs", () => {
  it("takes one plain entry, which the platform has soon after [EDGE-01, EDGE-04, EDGE-09]", async () => {
    const sent = entry({ timestamp: at(Date.now()), correlation_id: "plain-1", user: 7 });
    const { status, body } = await agent.post("/v1/logs", sent);
    const result = { success: true, ingested_count: 1, failed_count: 0, total_count: 1, errors: [] };
    expect([status, body]).toEqual([202, result]);
    await expect.poll(() => count({ correlation_id: "plain-1" })).toBe(1);
    const [found] = (await search({ correlation_id: "plain-1" })).entries;
    expect(found).toMatchObject({ message: "started", attributes: { user: 7 } });
  });

  it("dates an entry without a time when it came, not when it arrives", async () => {
    const before = Date.now();
    await agent.post("/v1/logs", entry({ correlation_id: "undated" }));
    const after = Date.now();
    await expect.poll(() => count({ correlation_id: "undated" })).toBe(1);
    const [found] = (await search({ correlation_id: "undated" })).entries;
    const { timestamp } = found as unknown as { timestamp: string };
    expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(timestamp)).toBeLessThanOrEqual(after);
  });

  it("takes OTLP's JSON, compressed, and answers as OTLP wants it", async () => {
    const request = {
      resourceLogs: [
        {
          resource: { attributes: [{ key: "service.name", value: { stringValue: "otel" } }] },
          scopeLogs: [{ logRecords: [{ body: { stringValue: "from a collector" } }, { traceId: 7 }] }],
        },
      ],
    };
    const body = gzipSync(JSON.stringify(request));
    const answer = await agent.post("/v1/logs", body, { "content-encoding": "gzip" });
    expect(answer).toEqual({
      status: 200,
      body: {
        partialSuccess: {
          rejectedLogRecords: "1",
          errorMessage: expect.stringContaining("resourceLogs[0].scopeLogs[0].logRecords[1].traceId"),
        },
      },
    });
    await expect.poll(() => count({ service: "otel" })).toBe(1);
  });

  it("brings ten thousand lines of an Apache log, each found again by its words [EDGE-01, EDGE-09]", async () => {
    const lines = apacheLines();
    const entries = lines.map((message, i) => JSON.stringify({ service: "apache", message, line: i }));
    for (let i = 0; i < entries.length; i += 1_000) {
      const body = entries.slice(i, i + 1_000).join("\n");
      const { status } = await agent.post("/v1/logs", body, { "content-type": "application/x-ndjson" });
      expect(status).toBe(202);
    }
    await expect.poll(() => count({ service: "apache" }), { timeout: 60_000 }).toBe(lines.length);
    const seen = new Map<string, number>();
    for (let offset = 0; offset < lines.length; offset += 1_000) {
      const page = await search({ service: "apache", offset: `${offset}`, limit: "1000" });
      for (const { message } of page.entries) seen.set(message, (seen.get(message) ?? 0) + 1);
    }
    const expected = new Map<string, number>();
    for (const line of lines) expected.set(line, (expected.get(line) ?? 0) + 1);
    expect(seen).toEqual(expected);
    expect(await count({ service: "apache", q: "Mozilla" })).toBeGreaterThan(0);
  }, 120_000);
});

describe("measurements", () => {
  const latest = (metric: string) =>
    platform.get<{ value: unknown }>(`/api/v1/telemetry/devices/device_1/metrics/${metric}/latest`);

  it("takes them as the platform does, and brings them there", async () => {
    const point = (metric_name: string, value: number) => ({ timestamp: at(Date.now()), metric_name, value });
    const device = "/api/v1/telemetry/devices/device_1/telemetry";
    const answers = [
      await agent.post(device, point("single", 1)),
      await agent.post(`${device}/batch`, { data_points: [point("batch", 2), { metric_name: "bad" }] }),
      await agent.post("/api/v1/telemetry/bulk", { device_1: [point("bulk", 3)], "?": [point("bulk", 4)] }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers[1]?.body).toMatchObject({
      ingested_count: 1,
      failed_count: 1,
      errors: expect.arrayContaining([
        { index: 1, path: "data_points[1].timestamp", message: expect.any(String) },
      ]),
    });
    expect(answers[2]?.body).toMatchObject({ ingested_count: 1, results: { "?": { failed_count: 1 } } });
    for (const [metric, value] of [
      ["single", 1],
      ["batch", 2],
      ["bulk", 3],
    ] as const) {
      await expect.poll(async () => (await latest(metric)).body).toMatchObject({ value });
    }
  });

  it("takes OTLP's JSON", async () => {
    const nanos = `${Date.now()}000000`;
    const metric = { name: "temperature", gauge: { dataPoints: [{ timeUnixNano: nanos, asDouble: 21.5 }] } };
    const resource = { attributes: [{ key: "host.name", value: { stringValue: "device_1" } }] };
    const request = { resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [metric] }] }] };
    expect(await agent.post("/v1/metrics", request)).toEqual({ status: 200, body: {} });
    await expect.poll(async () => (await latest("temperature")).body).toMatchObject({ value: 21.5 });
  });

  it("keeps the order of values for one moment, so that the later sent one counts", async () => {
    const timestamp = at(Date.now());
    for (let value = 1; value <= 20; value++) {
      const { status } = await agent.post("/api/v1/telemetry/devices/device_1/telemetry", {
        ...{ timestamp, metric_name: "corrected", value },
      });
      expect(status).toBe(200);
    }
    await expect.poll(() => agent.status().lanes.metrics?.waiting).toBe(0);
    await expect.poll(async () => (await latest("corrected")).body).toMatchObject({ value: 20 });
  });
});

interface Archived {
  events: { event: object }[];
}

it("tells the platform that the disk fills up, with a key that may send and nothing else [EDGE-07]", async () => {
  const asked = { name: "site", scopes: ["ingest"] };
  const { body } = await platform.post<{ api_key: string }>("/api/v1/keys", asked);
  const readSpace = async () => ({ usedPercent: 96, freeBytes: 4e8, totalBytes: 1e10 });
  const site = await startEdge({ url: platform.url, apiKey: body.api_key, agent: { readSpace } });
  const archived = async () =>
    (await platform.get<Archived>("/api/v1/events?type=edge.disk.low")).body.events.map(({ event }) => event);
  await expect.poll(archived).toEqual([
    expect.objectContaining({
      source: "/edge/gateway-7",
      data: {
        ...{ device_id: "gateway-7", severity: "critical", path: site.directory },
        ...{ used_percent: 96, free_bytes: 4e8 },
      },
    }),
  ]);
  await site.discard();
});
