import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { runCommand } from "../../apps/local/services/run-command.ts";
import { modelEvent } from "../audit.ts";
import { at } from "../points.ts";
import { type RunningTelemetry, startTelemetry, telemetry } from "../telemetry.ts";
import { temporaryHome } from "../temporary-home.ts";

// A backup of a local run as docs/deploy.md tells people to make it: stop, copy the folder, start.

const READY_MS = 120_000;
let folder: string;
let running: RunningTelemetry | undefined;

beforeEach(async () => {
  folder = await temporaryHome();
});

afterEach(async () => {
  running?.signal("SIGINT");
  await running?.ended;
  await rm(folder, { recursive: true, force: true });
});

const environment = (home: string) => ({
  ...{ TELEMETRY_HOME: home, PORT: "0", HOME: process.env.HOME ?? folder },
  ...(process.env.XDG_CACHE_HOME && { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }),
});

/** Brings the platform up in that home. @returns how to call it */
async function up(home: string) {
  const started = startTelemetry(["up"], { env: environment(home) });
  running = started;
  await expect.poll(() => started.out, { timeout: READY_MS }).toContain("telemetry-bus is up");
  const { url } = JSON.parse(await readFile(join(home, "run.json"), "utf8")) as { url: string };
  const key = (await readFile(join(home, "api-key"), "utf8")).trim();
  return async <Body>(method: string, path: string, body?: unknown, type = "application/json") => {
    const headers = { "x-api-key": key, "content-type": type };
    const answer = await fetch(`${url}${path}`, {
      method,
      headers,
      body: body === undefined ? body : JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Body };
  };
}

async function down(): Promise<void> {
  running?.signal("SIGINT");
  expect(await running?.ended).toBe(0);
  running = undefined;
}

const begin = Date.now() - 60_000;
const points = Array.from({ length: 200 }, (_, i) => ({
  ...{ timestamp: at(begin + i * 100), metric_name: "temperature", value: i },
}));
const events = Array.from({ length: 20 }, (_, i) => modelEvent(`event-${i}`));
const query = {
  ...{
    devices: ["kept"],
    metrics: ["temperature"],
    start_time: at(begin),
    end_time: at(begin + 60_000),
    limit: 1_000,
  },
};

interface Series {
  data_points: { value: number }[];
}

it("restores a local run from a copy of its folder, with everything that was acknowledged [AWS-08]", {
  timeout: 2 * READY_MS,
}, async () => {
  const [home, copy] = [join(folder, "home"), join(folder, "restored")];
  const call = await up(home);
  const subscription = startTelemetry(["subscribe", "order.*", "--queue", "waiting"], {
    env: environment(home),
  });
  await subscription.wrote("waiting takes");
  subscription.signal("SIGINT");
  await subscription.ended;
  const device = "/api/v1/telemetry/devices/kept/telemetry/batch";
  expect((await call("POST", device, { data_points: points })).status).toBeLessThan(300);
  const batch = "application/cloudevents-batch+json";
  const order = { ...modelEvent("waits-in-a-queue"), type: "order.placed" };
  expect((await call("POST", "/api/v1/events", [...events, order], batch)).status).toBe(202);
  const audited = async () =>
    (await call<{ head: { position: number } | null }>("GET", "/api/v1/audit")).body.head?.position;
  await expect.poll(audited).toBe(events.length);
  await expect
    .poll(async () => (await call<Series>("POST", "/api/v1/telemetry/query", query)).body.data_points?.length)
    .toBe(points.length);
  const before = await call<Series>("POST", "/api/v1/telemetry/query", query);
  await down();

  // -a: the owners, too, since whoever is root has PostgreSQL run as somebody else.
  await runCommand("cp", ["-a", home, copy]);
  await rm(home, { recursive: true });
  const again = await up(copy);
  expect((await again<Series>("POST", "/api/v1/telemetry/query", query)).body).toEqual(before.body);
  const verified = await telemetry(["audit", "verify"], { env: environment(copy) });
  expect([verified.code, verified.out + verified.err]).toEqual([0, expect.stringContaining("20")]);
  const resumed = startTelemetry(["subscribe", "order.*", "--queue", "waiting", "--count", "1"], {
    env: environment(copy),
  });
  expect(await resumed.ended).toBe(0);
  expect(resumed.out).toContain("waits-in-a-queue");
  await down();
});
