import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createBus } from "../../layers/broker/bus.ts";
import { eventMessage } from "../../layers/broker/message.ts";
import { expectNear, expectUsage, hitsOf, type UsageAnswer } from "../expected-usage.ts";
import { seededRandom } from "../faults/random.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { at } from "../points.ts";
import { eventOf, type Sent, sampledUsage } from "../sampled-usage.ts";

const MINUTE = 60_000;
const HOUR = 3_600_000;
const EVER = "?start_time=1970-01-01T00:00:00Z&end_time=9999-12-31T23:59:59Z";

let platform: Platform;
let sent: Sent[];
let delivered: { from: number; until: number };

const random = seededRandom(7);

beforeAll(async () => {
  platform = await startPlatform();
  sent = sampledUsage(random, 4_000);
  const messages = sent.map((one) => eventMessage(eventOf(one)));
  const again = messages.filter((_, i) => i % 3 === 0);
  const from = Date.now();
  const bus = createBus({ url: platform.amqpUrl, name: "accounting" });
  await bus.publish(random.shuffled(messages));
  await bus.publish(random.shuffled([...messages.slice(0, 500), ...again, ...again]));
  await bus.close();
  await vi.waitFor(allCounted, { timeout: 60_000, interval: 100 });
  delivered = { from, until: Date.now() };
});

afterAll(() => platform.stop());

const report = async (query = "") => (await platform.get<UsageAnswer>(`/metrics${query}`)).body;

async function allCounted(): Promise<void> {
  const { body } = await platform.get<{ queues: { queue: string; ready: number }[] }>("/health/detailed");
  expect(body.queues).toContainEqual(expect.objectContaining({ queue: "metrics.updates", ready: 0 }));
  expect((await report(EVER)).events).toMatchObject({ total: sent.length });
}

const endOfMinute = () => Math.ceil((Date.now() + 0.001) / MINUTE) * MINUTE;

async function check(query: string, from: number, to: number): Promise<void> {
  const now = endOfMinute();
  expectUsage(await report(query), sent, { from, to, now }, delivered);
}

describe("GET /metrics, over events that came late, twice and in any order,", () => {
  it("is what a plain count of them is, over all time [BUS-13]", async () => {
    await check(EVER, 0, Number.MAX_SAFE_INTEGER / 1_000);
  });

  it("is so over the last 24 hours, without being asked [BUS-13]", async () => {
    const now = endOfMinute();
    await check("", now - 24 * HOUR, now);
  });

  it("is so over any range, from a minute to days [BUS-13] [BUS-14]", async () => {
    for (let i = 0; i < 25; i++) {
      const from = Date.now() - random.below(72 * HOUR);
      const to = from + random.between(1, random.pick([10 * MINUTE, 5 * HOUR, 90 * HOUR]));
      await check(`?start_time=${at(from)}&end_time=${at(to)}`, from, to);
    }
  });

  it("is so for Prometheus: counters, sums and counts of all time, that never fall [BUS-14]", async () => {
    const { body } = await platform.get<string>("/metrics?format=prometheus");
    const samples = body.split("\n").map((line) => line.split(/ (?=\S+$)/) as [string, string]);
    const values = new Map(samples.map(([name, value]) => [name, Number(value)]));
    const calls = sent.filter(({ type }) => type === "api.latency");
    const totalMs = calls.reduce((total, { durationMs = 0 }) => total + durationMs, 0);
    expect(values.get("telemetry_api_latency_seconds_count")).toBe(calls.length);
    expectNear(values.get("telemetry_api_latency_seconds_sum") ?? null, totalMs / 1_000);
    expect(values.get("telemetry_event_processing_seconds_count")).toBe(sent.length);
    const { hits, misses } = hitsOf(sent);
    expect(values.get('telemetry_cache_lookups_total{result="hit"}')).toBe(hits);
    expect(values.get('telemetry_cache_lookups_total{result="miss"}')).toBe(misses);
    const labels = '{type="model.registered",vendor="openai",tier="Tier_1"}';
    expect(values.get(`telemetry_events_total${labels}`)).toBe(
      sent.filter(
        ({ type, vendor, tier }) => type === "model.registered" && vendor === "openai" && tier === "Tier_1",
      ).length,
    );
    const counted = [...values].filter(([name]) => name.startsWith("telemetry_events_total"));
    expect(counted.reduce((total, [, value]) => total + value, 0)).toBe(sent.length);
  });
});
