import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Runtime, startRuntime } from "../../apps/local/runtime.ts";
import { caller, type Platform, startPlatform } from "../platform.ts";
import { at } from "../points.ts";
import { silentLogger } from "../silent-logger.ts";
import { temporaryHome } from "../temporary-home.ts";

// Several instances of the platform on one broker and one store, as Lambda runs them.

const others: { runtime: Runtime; home: string }[] = [];
let first: Platform;

beforeAll(async () => {
  first = await startPlatform();
  for (let i = 0; i < 2; i++) {
    const home = await temporaryHome();
    const { amqpUrl, databaseUrl, apiKey } = first;
    const options = { amqpUrl, databaseUrl, apiKey, home, port: 0, logger: silentLogger };
    others.push({ home, runtime: await startRuntime(options) });
  }
});

afterAll(async () => {
  for (const { runtime, home } of others) {
    await runtime.stop();
    await rm(home, { recursive: true, force: true });
  }
  await first.stop();
});

it("takes requests and works them off by any number of instances, each point and event once [NFR-007]", async () => {
  const calls = [first.url, ...others.map(({ runtime }) => runtime.url)].map(caller);
  const post = (n: number, path: string, body: object) => calls[n % calls.length]?.("POST", path, body);
  const start = Date.now() - 3_600_000;
  const sent = Array.from({ length: 300 }, (_, n) => {
    const point = { timestamp: at(start + n * 1_000), metric_name: "rpm", value: n };
    const named = { specversion: "1.0", id: `e-${n}`, source: "/shop", type: "model.queried" };
    const event = { ...named, data: { model_id: "m" } };
    return [
      post(n, `/api/v1/telemetry/devices/pump-${n % 7}/telemetry`, point),
      // Each event is told twice, to two instances.
      post(n, "/api/v1/events", event),
      post(n + 1, "/api/v1/events", event),
    ];
  });
  const answers = await Promise.all(sent.flat());
  expect(new Set(answers.map((answer) => answer?.status))).toEqual(new Set([200, 202]));

  const range = { start_time: at(start - 1), end_time: at(Date.now()) };
  const query = { metrics: ["rpm"], limit: 1_000, ...range };
  const stored = async () =>
    (await first.post<{ count: number }>("/api/v1/telemetry/query", query)).body.count;
  await expect.poll(stored).toBe(300);
  const counted = async () =>
    (await first.get<{ queries: { total: number } }>("/metrics")).body.queries.total;
  await expect.poll(counted).toBe(300);
});
