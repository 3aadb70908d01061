import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installedPrometheus } from "../prometheus/installation.ts";
import { type EdgeAgent, startEdge } from "./agent.ts";
import { type Sink, startSink } from "./sink.ts";

const run = promisify(execFile);

let sink: Sink;
let agent: EdgeAgent;

beforeAll(async () => {
  sink = await startSink();
  agent = await startEdge({ url: sink.url });
});

afterAll(async () => {
  await agent.discard();
  await sink.close();
});

const entry = { service: "s", message: "m" };

describe("what is refused", () => {
  it.each([
    [{ message: "m" }, "service", "required"],
    [{ service: "s" }, "message", "required"],
    [{ ...entry, level: {} }, "level", "expected text"],
    [{ ...entry, timestamp: "yesterday" }, "timestamp", expect.stringContaining("RFC 3339")],
    [{ ...entry, correlation_id: "x".repeat(300) }, "correlation_id", "longer than 256 characters"],
    [{ ...entry, blob: "x".repeat(200_000) }, "", expect.stringContaining("larger than")],
    [["no object"], "", expect.stringContaining("expected a log entry")],
  ])("names the field of %j [EDGE-08]", async (given, path, message) => {
    const { status, body } = await agent.post("/v1/logs", given);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 3, errors: [{ index: 0, path, message }] });
  });

  it("keeps the good entries of a list and names the others [EDGE-08]", async () => {
    const { status, body } = await agent.post("/v1/logs", [entry, { service: "s" }, entry]);
    const errors = [{ index: 1, path: "[1].message", message: "required" }];
    expect([status, body]).toEqual([
      202,
      { success: false, ingested_count: 2, failed_count: 1, total_count: 3, errors },
    ]);
  });

  it("refuses an entry that would be too large under the platform's names, and none that would not", async () => {
    const quotes = (count: number) => ({ service: "s", message: { text: '"'.repeat(count) } });
    expect((await agent.post("/v1/logs", quotes(20_000))).status).toBe(202);
    expect((await agent.post("/v1/logs", quotes(60_000))).status).toBe(400);
  });

  it.each([
    ["half a JSON", "POST", "/v1/logs", "{", {}, 400],
    ["nothing", "POST", "/v1/logs", "", {}, 400],
    ["no entries", "POST", "/v1/logs", "[]", {}, 400],
    ["text", "POST", "/v1/logs", "{}", { "content-type": "text/plain" }, 415],
    ["protobuf", "POST", "/v1/logs", "{}", { "content-type": "application/x-protobuf" }, 415],
    ["brotli", "POST", "/v1/logs", "{}", { "content-encoding": "br" }, 415],
    ["gzip that is none", "POST", "/v1/logs", "{}", { "content-encoding": "gzip" }, 400],
    ["a bomb", "POST", "/v1/logs", gzipSync("x".repeat(11e6)), { "content-encoding": "gzip" }, 413],
    ["too much", "POST", "/v1/logs", "x".repeat(11e6), {}, 413],
    ["an unknown path", "POST", "/nowhere", "{}", {}, 404],
    ["another method", "GET", "/v1/logs", undefined, {}, 405],
    ["no device", "POST", "/api/v1/telemetry/devices/%20/telemetry", "{}", {}, 400],
    ["half an escape", "POST", "/api/v1/telemetry/devices/a%3/telemetry", "{}", {}, 400],
    ["no devices", "POST", "/api/v1/telemetry/bulk", "{}", {}, 400],
    ["a list for OTLP", "POST", "/v1/metrics", "[]", {}, 400],
  ] as const)("answers %s in words", async (_, method, path, body, headers, status) => {
    const response = await fetch(agent.url + path, {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(body !== undefined && { body }),
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      detail: expect.any(String),
      request_id: expect.any(String),
    });
  });
});

it("takes device ids that are percent-encoded", async () => {
  const path = `/api/v1/telemetry/devices/${encodeURIComponent("site:7@north")}/telemetry`;
  const timestamp = new Date().toISOString();
  const point = { timestamp, metric_name: "temperature", value: 1 };
  const { status, body } = await agent.post(path, point);
  expect([status, body]).toMatchObject([200, { device_id: "site:7@north" }]);
  expect((await agent.post(`${path}/batch`, { data_points: [point] })).status).toBe(200);
});

it("asks for the key where it has one, but for the health check", async () => {
  const key = "a-key-of-this-site-alone";
  const locked = await startEdge({ url: sink.url, config: { listen_key: key } });
  const statusOf = async (headers?: Record<string, string>) =>
    (await locked.post("/v1/logs", entry, headers)).status;
  expect(await statusOf()).toBe(401);
  expect(await statusOf({ "x-api-key": `${key}.` })).toBe(401);
  expect(await statusOf({ "x-api-key": key })).toBe(202);
  expect(await statusOf({ authorization: `Bearer ${key}` })).toBe(202);
  expect((await locked.get("/status")).status).toBe(401);
  expect((await locked.get("/healthcheck")).status).toBe(200);
  await locked.discard();
});

it("outlives senders that break off in the middle", async () => {
  const { hostname, port } = new URL(agent.url);
  for (let i = 0; i < 20; i++) {
    const socket = connect(Number(port), hostname);
    socket.on("error", () => undefined);
    socket.write("POST /v1/logs HTTP/1.1\r\nhost: edge\r\ncontent-length: 100\r\n\r\n{");
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.destroy();
  }
  expect((await agent.post("/v1/logs", entry)).status).toBe(202);
});

it("reserves the memory of a compressed body before it is decompressed", async () => {
  const { hostname, port } = new URL(agent.url);
  const uploads = Array.from({ length: 3 }, () => connect(Number(port), hostname));
  for (const socket of uploads) {
    socket.on("error", () => undefined);
    socket.write("POST /v1/logs HTTP/1.1\r\nhost: edge\r\ncontent-length: 10400000\r\n\r\n");
    socket.write(Buffer.alloc(10_300_000, " "));
  }
  const large = gzipSync(Buffer.alloc(9_000_000, " "));
  large.fill(0xff, 20, 40); // Which shows as it is decompressed.
  const send = () => agent.post("/v1/logs", large, { "content-encoding": "gzip" });
  await expect.poll(async () => (await send()).body).toMatchObject({ code: 14 });
  for (const socket of uploads) socket.destroy();
  await expect.poll(async () => (await send()).status).toBe(400);
});

it("takes gzip of several parts, whose end tells the size of the last alone", async () => {
  const parts = ["[", ...Array.from({ length: 300 }, () => `${JSON.stringify(entry)},`)];
  const body = Buffer.concat([...parts, `${JSON.stringify(entry)}]`].map((part) => gzipSync(part)));
  expect((await agent.post("/v1/logs", body, { "content-encoding": "gzip" })).status).toBe(202);
});

it("ends in spite of a sender that stalls in the middle of a request", async () => {
  const stopping = await startEdge({ url: sink.url, agent: { stopMs: 200 } });
  const { hostname, port } = new URL(stopping.url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  socket.write("POST /v1/logs HTTP/1.1\r\nhost: edge\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n");
  // Told to go on: the request is under way.
  await new Promise((resolve) => socket.once("data", resolve));
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await stopping.discard();
  await closed;
});

it("is refused by a second agent on the same folder", async () => {
  await expect(startEdge({ url: sink.url, directory: agent.directory })).rejects.toThrow("has it open");
});

it("says in Prometheus' words how it is, and promtool has nothing to say to that", async () => {
  const { promtool } = await installedPrometheus(() => undefined);
  const { body } = await agent.get("/metrics");
  expect(body).toMatch(/^telemetry_edge_accepted_entries_total\{lane="logs"\} [1-9]/m);
  expect(body).toMatch(/^telemetry_edge_dropped_entries_total\{lane="metrics",reason="max_age"\} 0$/m);
  const file = join(agent.directory, "metrics.txt");
  await writeFile(file, String(body));
  const { stdout, stderr } = await run("/bin/sh", ["-c", `"$0" check metrics < "$1"`, promtool, file]);
  expect(stdout + stderr).toBe("");
}, 120_000);
