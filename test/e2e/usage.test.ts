import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Platform, startPlatform } from "../platform.ts";
import { at } from "../points.ts";

let platform: Platform;

interface Report {
  models: { registered: { total: number; last_24h: number; by_vendor: object; by_tier: object } };
  queries: { total: number; last_24h: number; by_endpoint: object; by_vendor_and_tier: object };
  latency: {
    count: number;
    average_ms: number;
    p50_ms: number;
    p95_ms: number;
    p99_ms: number;
    by_endpoint: object;
  };
  errors: { count: number; rate: number };
  cache: { hits: number; misses: number; hit_rate: number };
  processing: { count: number; p95_ms: number };
  events: { total: number; by_type: Record<string, number> };
  peak_hours: { hour: string; events: number }[];
}

const HOUR = 3_600_000;
const twoHoursAgo = Date.now() - 2 * HOUR;
const batched = { headers: { "content-type": "application/cloudevents-batch+json" } };

const event = (id: string, type: string, data: object, given: object = {}) => ({
  specversion: "1.0",
  source: "/test",
  id,
  type,
  time: at(twoHoursAgo),
  data,
  ...given,
});

const events = [
  ...["openai", "openai", "anthropic"].map((vendor, i) =>
    event(`m${i}`, "model.registered", { model_id: `m${i}`, vendor, capability_tier: `Tier_${i}` }),
  ),
  ...[true, true, true, false].map((cache_hit, i) =>
    event(`q${i}`, "model.queried", {
      model_id: "m0",
      vendor_id: "openai",
      tier: "Tier_0",
      endpoint: "/models/m0",
      cache_hit,
    }),
  ),
  ...Array.from({ length: 100 }, (_, i) =>
    event(`l${i}`, "api.latency", { duration_ms: i + 1, endpoint: "/models", status: i < 95 ? 200 : 500 }),
  ),
  event("e0", "api.error", { error: { type: "TypeError", message: "boom" }, endpoint: "/models" }),
];

const report = async (query = "") => (await platform.get<Report>(`/metrics${query}`)).body;
const send = (list: object[]) => platform.post("/api/v1/events", list, batched);
const counted = (total: number) =>
  vi.waitFor(async () => expect((await report()).events.total).toBe(total), {
    timeout: 10_000,
    interval: 50,
  });

beforeAll(async () => {
  platform = await startPlatform();
  expect((await send(events)).status).toBe(202);
  await counted(events.length);
});

afterAll(async () => {
  await platform.stop();
});

describe("GET /metrics", () => {
  it("counts models by vendor and tier, and queries by endpoint, vendor and tier", async () => {
    const { models, queries } = await report();
    expect(models.registered).toMatchObject({
      total: 3,
      last_24h: 3,
      by_vendor: { openai: 2, anthropic: 1 },
      by_tier: { Tier_0: 1, Tier_1: 1, Tier_2: 1 },
    });
    expect(queries).toMatchObject({
      total: 4,
      last_24h: 4,
      by_endpoint: { "/models/m0": 4 },
      by_vendor_and_tier: { "openai/Tier_0": 4 },
    });
  });

  it("answers latency within one percent, errors, cache hits, processing and peak hours", async () => {
    const { latency, errors, cache, processing, peak_hours } = await report();
    expect(latency.count).toBe(100);
    expect(latency.average_ms).toBeCloseTo(50.5, 6);
    for (const [found, exact] of [
      [latency.p50_ms, 50],
      [latency.p95_ms, 95],
      [latency.p99_ms, 99],
    ] as const) {
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * 0.021);
    }
    expect(errors).toEqual({
      ...{ count: 5, rate: 0.05 },
      by_endpoint: { "/models": { count: 5, rate: 0.05 } },
    });
    expect(cache).toEqual({
      ...{ hits: 3, misses: 1, hit_rate: 0.75 },
      by_endpoint: { "/models/m0": { hits: 3, misses: 1, hit_rate: 0.75 } },
    });
    expect(processing.count).toBe(events.length);
    expect(peak_hours[0]).toMatchObject({ events: events.length });
  });

  it("answers for any time range [BUS-14]", async () => {
    const range = (from: number, to: number) => report(`?start_time=${at(from)}&end_time=${at(to)}`);
    expect((await range(twoHoursAgo - HOUR, twoHoursAgo + HOUR)).events.total).toBe(events.length);
    expect((await range(twoHoursAgo + HOUR, Date.now())).events.total).toBe(0);
    expect((await range(twoHoursAgo - 9 * HOUR, twoHoursAgo - HOUR)).latency.p95_ms).toBeNull();
    const backwards = await platform.get(`/metrics?start_time=${at(Date.now())}&end_time=${at(twoHoursAgo)}`);
    expect(backwards.status).toBe(422);
  });

  it("answers Prometheus text to who asks for it [BUS-14]", async () => {
    const asked = await platform.get<string>("/metrics", { headers: { accept: "text/plain;version=0.0.4" } });
    expect(asked.headers.get("content-type")).toContain("text/plain; version=0.0.4");
    const lines = asked.body.split("\n");
    expect(lines).toContain(
      'telemetry_events_total{type="model.registered",vendor="openai",tier="Tier_0"} 1',
    );
    expect(lines).toContain("telemetry_api_latency_seconds_count 100");
    expect(lines).toContain('telemetry_cache_lookups_total{result="hit"} 3');
    for (const line of lines) expect(line).toMatch(/^(#.*|[a-z_]+(\{.*\})? [0-9.e+-]+|)$/);
    expect((await platform.get<string>("/metrics?format=prometheus")).body).toBe(asked.body);
  });
});

describe("the same event", () => {
  it("sent again counts once; of another source with the same id it counts [BUS-08]", async () => {
    const before = (await report()).events.total;
    await send(events.slice(0, 50));
    await send([events[0] as object, events[0] as object]);
    await send([
      event("m0", "model.registered", { model_id: "m0", vendor: "openai" }, { source: "/another" }),
    ]);
    await counted(before + 1);
    expect((await report()).models.registered.total).toBe(4);
  });

  it("that is too old to be told from one counted before becomes a dead letter, never a silent double", async () => {
    const before = (await report()).events.total;
    await send([event("old", "model.updated", { model_id: "m" }, { time: at(Date.now() - 80 * HOUR) })]);
    const deadLetters = async () =>
      (
        await platform.get<{ count: number }>(
          "/api/v1/dead-letters?error_code=too_old_to_deduplicate&queue=metrics.updates",
        )
      ).body.count;
    await expect.poll(deadLetters, { timeout: 10_000 }).toBe(1);
    expect((await report()).events.total).toBe(before);
  });
});
