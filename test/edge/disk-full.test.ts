import { afterEach, beforeEach, expect, it } from "vitest";
import { FailingDisk } from "../../layers/buffer/fakes/failing-disk.ts";
import { type EdgeAgent, startEdge } from "./agent.ts";
import { type Sink, startSink } from "./sink.ts";

const retentionEveryMs = 20;

let sink: Sink;
let agent: EdgeAgent;
let disk: FailingDisk;

beforeEach(async () => {
  sink = await startSink();
  sink.reply = () => "silence";
  disk = new FailingDisk();
});

afterEach(async () => {
  await agent.discard();
  await sink.close();
});

const entry = (message: string) => ({ service: "s", message: message.padEnd(500, ".") });
const post = (message: string) => agent.post("/v1/logs", entry(message));

it("says so when the disk is full, loses nothing that it took, and goes on when there is room [EDGE-02, EDGE-03]", async () => {
  agent = await startEdge({ url: sink.url, agent: { disk } });
  expect(await agent.get("/healthcheck")).toEqual({ status: 200, body: { status: "ok" } });
  disk.freeBytes = 20_000;
  const taken: string[] = [];
  let refused: Awaited<ReturnType<typeof post>> | undefined;
  for (let i = 0; !refused; i++) {
    const answer = await post(`entry ${i}`);
    if (answer.status === 202) taken.push(entry(`entry ${i}`).message);
    else refused = answer;
  }
  expect(taken.length).toBeGreaterThan(10);
  expect(refused).toMatchObject({ status: 503, body: { reason: "disk_full" } });
  expect(await agent.get("/healthcheck")).toMatchObject({ status: 503, body: { reason: "disk_full" } });
  expect((await agent.get("/status")).status).toBe(200);

  // What waits goes out although the disk takes nothing.
  sink.reply = () => undefined;
  await expect.poll(() => sink.messages.toSorted()).toEqual(taken.toSorted());

  disk.freeBytes = Number.POSITIVE_INFINITY;
  expect((await agent.get("/healthcheck")).status).toBe(200);
  expect((await post("afterwards")).status).toBe(202);
  await expect.poll(() => sink.messages).toContain(entry("afterwards").message);
});

it("asks to come back later when a disk fails, and takes it again when it works [EDGE-02]", async () => {
  agent = await startEdge({ url: sink.url, agent: { disk } });
  disk.fail("sync", "EIO");
  const response = await fetch(`${agent.url}/v1/logs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(entry("a")),
  });
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(await response.json()).toMatchObject({
    code: 14,
    reason: "disk_failed",
    detail: expect.stringContaining("EIO"),
  });
  expect((await post("b")).status).toBe(202);
});

it("drops the oldest when its buffer is full, counts them, and tells the platform why [EDGE-06]", async () => {
  agent = await startEdge({ url: sink.url, config: { buffer: { max_size: "1MB" } } });
  const lane = () => agent.status().lanes.logs;
  for (let i = 0; i < 60; i++) {
    const entries = Array.from({ length: 60 }, (_, j) => entry(`entry ${i * 60 + j}`));
    await expect.poll(async () => (await agent.post("/v1/logs", entries)).status).toBe(202);
  }
  await expect.poll(() => lane()?.dropped.max_size).toBeGreaterThan(1_000);
  expect(agent.status().buffer.bytes).toBeLessThanOrEqual(1_000_000);
  await expect.poll(() => (lane()?.waiting ?? 0) + (lane()?.dropped.max_size ?? 0)).toBe(3_600);
  sink.reply = () => undefined;
  const events = () => sink.asked.filter(({ path }) => path === "/api/v1/events").flatMap(({ body }) => body);
  await expect.poll(events).toContainEqual(
    expect.objectContaining({
      type: "edge.data.dropped",
      source: "/edge/gateway-7",
      data: {
        ...{ device_id: "gateway-7", buffer: "logs", reason: "max_size" },
        ...{ count: expect.any(Number), bytes: expect.any(Number) },
      },
    }),
  );
  await expect.poll(() => sink.messages).toContain(entry("entry 3599").message);
});

it("drops what is too old, and nothing younger [EDGE-06]", async () => {
  let now = Date.now();
  const config = { buffer: { max_age: "1h" }, forward: { backoff: { first: "10ms", longest: "50ms" } } };
  const clock = { now: () => now };
  agent = await startEdge({
    url: sink.url,
    config,
    agent: { clock, monotonicMs: () => now, retentionEveryMs },
  });
  await post("old");
  now += 3_600_001;
  await post("young");
  await expect.poll(() => agent.status().lanes.logs).toMatchObject({ waiting: 1, dropped: { max_age: 1 } });
  now += 3_600_001;
  await expect.poll(() => agent.status().lanes.logs).toMatchObject({ waiting: 0, dropped: { max_age: 2 } });
});

it("drops nothing because the clock was set [EDGE-06]", async () => {
  let now = Date.UTC(1970, 0, 1, 1);
  let uptime = 0;
  const agentOptions = { clock: { now: () => now }, monotonicMs: () => uptime, retentionEveryMs };
  agent = await startEdge({ url: sink.url, config: { buffer: { max_age: "1h" } }, agent: agentOptions });
  await post("before the network was there");
  now = Date.UTC(2026, 10, 28);
  await expect.poll(() => agent.status().lanes.logs?.failed_attempts).toBeGreaterThan(10);
  expect(agent.status().lanes.logs).toMatchObject({ waiting: 1, dropped: { max_age: 0 } });
  uptime = 3_600_001;
  await expect.poll(() => agent.status().lanes.logs?.dropped.max_age).toBe(1);
});

it("warns while the disk fills up, once for each step [EDGE-07]", async () => {
  let usedPercent = 84;
  const readSpace = async () => ({ usedPercent, freeBytes: 1e9, totalBytes: 1e10 });
  sink.reply = () => undefined;
  agent = await startEdge({ url: sink.url, config: { disk: { interval: "100ms" } }, agent: { readSpace } });
  const told = () =>
    sink.asked
      .filter(({ path }) => path === "/api/v1/events")
      .flatMap(({ body }) => body as { type: string; data: object }[])
      .map(({ type, data }) => [type, data]);
  const low = (severity: string, used_percent: number) => [
    "edge.disk.low",
    { device_id: "gateway-7", severity, path: agent.directory, used_percent, free_bytes: 1e9 },
  ];
  await expect.poll(() => agent.status().disk?.used_percent).toBe(84);
  for (const [used, state] of [
    [86, "warning"],
    [84.5, "warning"],
    [86, "warning"],
    [97, "critical"],
    [50, "ok"],
    [90, "warning"],
  ] as const) {
    usedPercent = used;
    await expect.poll(() => agent.status().disk).toMatchObject({ used_percent: used, state });
  }
  await expect.poll(told).toEqual([low("warning", 86), low("critical", 97), low("warning", 90)]);
});
