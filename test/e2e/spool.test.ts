import { rm } from "node:fs/promises";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Runtime, startRuntime } from "../../apps/local/runtime.ts";
import { type Fresh, freshDatabase, freshVhost } from "../fresh.ts";
import { startProxy, type TcpProxy } from "../proxy.ts";
import { silentLogger } from "../silent-logger.ts";
import { temporaryHome } from "../temporary-home.ts";

const apiKey = "key_admin.of-the-tests-and-nobody-else";

let vhost: Fresh;
let database: Fresh;
let home: string;
let proxy: TcpProxy;
let runtime: Runtime | undefined;

beforeEach(async () => {
  [vhost, database, home] = await Promise.all([freshVhost(), freshDatabase(), temporaryHome()]);
  proxy = await startProxy(vhost.url);
  await start();
});

afterEach(async () => {
  await runtime?.stop();
  await proxy.close();
  await Promise.all([vhost.drop(), database.drop(), rm(home, { recursive: true, force: true })]);
});

async function start(): Promise<void> {
  const places = { amqpUrl: proxy.url, databaseUrl: database.url, home };
  runtime = await startRuntime({ ...places, port: 0, apiKey, logger: silentLogger });
}

async function post(path: string, body: object, type = "application/json") {
  const headers = { "content-type": type, "x-api-key": apiKey };
  const answer = await fetch(`${runtime?.url}${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

async function latest(device: string) {
  const headers = { "x-api-key": apiKey };
  const answer = await fetch(`${runtime?.url}/api/v1/telemetry/devices/${device}/metrics/m/latest`, {
    headers,
  });
  return ((await answer.json()) as { value: number }).value;
}

const device = (id: string) => `/api/v1/telemetry/devices/${id}/telemetry`;
const point = (value: number, timestamp: string) => ({ timestamp, metric_name: "m", value });
const event = { specversion: "1.0", id: "1", source: "/t", type: "model.updated", data: { model_id: "m" } };

it("says of each acknowledgement whether the broker has it or the spool [BUS-06, NFR-005]", async () => {
  const timestamp = new Date().toISOString();
  const send = () =>
    Promise.all([
      post(device("d1"), point(1, timestamp)),
      post(`${device("d1")}/batch`, { data_points: [point(1, timestamp)] }),
      post("/api/v1/telemetry/bulk", { d1: [point(1, timestamp)], d2: [point(2, timestamp)] }),
      post("/api/v1/events", event),
    ]);
  for (const { body } of await send()) expect(body).not.toHaveProperty("queued");
  proxy.break();
  const answers = await send();
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 202]);
  for (const { body } of answers) expect(body).toMatchObject({ success: true, queued: "spooled" });
});

it("publishes what was spooled when it starts again on the same home, and a later value stays [BUS-06]", async () => {
  const timestamp = new Date().toISOString();
  proxy.break();
  expect(await post(device("d1"), point(1, timestamp))).toMatchObject({ body: { queued: "spooled" } });
  expect(await post(device("d2"), point(2, timestamp))).toMatchObject({ body: { queued: "spooled" } });
  await runtime?.stop();

  proxy.heal();
  const bypass = await startRuntime({
    ...{ amqpUrl: proxy.url, databaseUrl: database.url, home: `${home}/other` },
    ...{ port: 0, apiKey, logger: silentLogger },
  });
  runtime = bypass;
  expect((await post(device("d1"), point(10, timestamp))).body).not.toHaveProperty("queued");
  await vi.waitFor(async () => expect(await latest("d1")).toBe(10), { timeout: 10_000 });
  await bypass.stop();

  await start();
  await vi.waitFor(async () => expect(await latest("d2")).toBe(2), { timeout: 10_000 });
  expect((await runtime?.dependencies.spool.depth())?.records).toBe(0);
  expect(await latest("d1")).toBe(10);
});
