import { execFile } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createRule, report } from "../alerts.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { at } from "../points.ts";
import { documentedMetrics, documentedYaml } from "./documented.ts";
import { installedPrometheus, type PrometheusInstallation } from "./installation.ts";
import { type PrometheusServer, startPrometheus } from "./server.ts";

let platform: Platform;
let programs: PrometheusInstallation;

const batched = { headers: { "content-type": "application/cloudevents-batch+json" } };
const HOUR = 3_600_000;
const DEVICE = "boiler-1";

const event = (id: string, type: string, data: object, time = Date.now()) => ({
  ...{ specversion: "1.0", source: "/test", id, type, time: at(time), data },
});

const events = [
  event("m0", "model.registered", { model_id: "m0", vendor: 'open"ai\\', capability_tier: "Tier_0" }),
  event("q0", "model.queried", { model_id: "m0", endpoint: "/models/m0", cache_hit: true }),
  event("l0", "api.latency", { duration_ms: 12, endpoint: "/models", status: 200 }),
  // Older than its queue remembers events: a dead letter.
  event("old", "model.updated", { model_id: "m0" }, Date.now() - 80 * HOUR),
];

const scraped = async (): Promise<string> =>
  (await platform.get<string>("/metrics", { headers: { accept: "text/plain" } })).body;

beforeAll(async () => {
  programs = await installedPrometheus((line) => console.log(line));
  platform = await startPlatform();
  expect((await platform.post("/api/v1/events", events, batched)).status).toBe(202);
  const rule = await createRule(platform, { level: "critical" });
  await report(platform, { device: DEVICE, metric: String(rule.metric_name), values: [95] });
  const handled = [
    "telemetry_api_latency_seconds_count 1",
    'telemetry_dead_letters{state="dead"} 1',
    'telemetry_alerts_open{level="critical",status="active"} 1',
  ];
  await vi.waitFor(
    async () => expect((await scraped()).split("\n")).toEqual(expect.arrayContaining(handled)),
    {
      timeout: 20_000,
      interval: 100,
    },
  );
}, 600_000);

afterAll(async () => {
  await platform.stop();
});

/** What promtool says of it: nothing, if it finds no fault. */
function promtool(args: string[], input = ""): Promise<{ failed: boolean; said: string }> {
  return new Promise((resolve) => {
    const child = execFile(programs.promtool, args, (error, stdout, stderr) =>
      resolve({ failed: error !== null, said: `${stdout}${stderr}` }),
    );
    child.stdin?.end(input);
  });
}

describe("GET /metrics in Prometheus text", () => {
  it("is without fault for promtool [BUS-14]", async () => {
    expect(await promtool(["check", "metrics"], await scraped())).toEqual({ failed: false, said: "" });
    // That it would say so:
    expect((await promtool(["check", "metrics"], "# TYPE a_total gauge\na_total 1\n")).failed).toBe(true);
  });

  it("has every metric of the article, and no other", async () => {
    const names = [...(await scraped()).matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name);
    expect(names.sort()).toEqual(documentedMetrics().sort());
  });

  it("tells open alerts by level and status, and dead letters by state, zeros too", async () => {
    const lines = (await scraped()).split("\n");
    expect(lines).toContain('telemetry_alerts_open{level="critical",status="active"} 1');
    expect(lines).toContain('telemetry_alerts_open{level="critical",status="acknowledged"} 0');
    expect(lines).toContain('telemetry_dead_letters{state="dead"} 1');
    expect(lines).toContain('telemetry_dead_letters{state="replayed"} 0');
  });
});

describe("a Prometheus with the article's configuration and rules", () => {
  let prometheus: PrometheusServer;

  beforeAll(async () => {
    const asked = { name: "prometheus", scopes: ["read"] };
    const { body: key } = await platform.post<{ api_key: string }>("/api/v1/keys", asked);
    const { config, rules } = documentedYaml();
    const { host } = new URL(platform.url);
    const here = config
      .replace("scheme: https", "scheme: http")
      .replace("telemetry.example.com", host)
      .replace("/etc/prometheus/telemetry-bus.key", "telemetry-bus.key")
      .replace("30s", "1s\n  evaluation_interval: 1s");
    prometheus = await startPrometheus(programs.prometheus, {
      "prometheus.yml": here,
      "telemetry-bus.rules.yml": rules,
      "telemetry-bus.key": `${key.api_key}\n`,
    });
  });

  afterAll(async () => {
    await prometheus.stop();
  });

  const valued = async (expression: string): Promise<number | undefined> => {
    const [sample] = await prometheus.query(expression);
    return sample && Number(sample.value[1]);
  };
  const patiently = { timeout: 25_000 };

  it("scrapes it with a key that may only read [BUS-14]", async () => {
    await expect.poll(() => valued('up{job="telemetry-bus"}'), patiently).toBe(1);
    await expect.poll(() => valued('telemetry_dead_letters{state="dead"}')).toBe(1);
    expect(await valued('telemetry_alerts_open{level="critical",status="active"}')).toBe(1);
    expect(await valued("telemetry_api_latency_seconds_count")).toBe(1);
    expect(await valued('telemetry_api_latency_seconds{quantile="0.95"}')).toBeCloseTo(0.012, 3);
  });

  it("reads labels as they were sent, quotes and backslashes included", async () => {
    const registered = 'telemetry_events_total{type="model.registered"}';
    await expect.poll(() => prometheus.query(registered), patiently).toHaveLength(1);
    const [sample] = await prometheus.query(registered);
    expect(sample?.metric).toMatchObject({ vendor: 'open"ai\\', tier: "Tier_0" });
  });

  it("knows every rule, and is about to raise the dead letter's", async () => {
    const named = [...documentedYaml().rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    await expect.poll(() => prometheus.rules(), patiently).toEqual(named);
    const pending = 'ALERTS{alertname="TelemetryBusDeadLetters",alertstate="pending"}';
    await expect.poll(() => valued(pending), patiently).toBe(1);
  });
});
