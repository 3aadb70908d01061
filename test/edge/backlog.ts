import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip as gunzipCallback, gzip as gzipCallback } from "node:zlib";
import { expect } from "vitest";
import { encodeLog } from "../../apps/edge/lanes.ts";
import { openBuffer } from "../../layers/buffer/buffer.ts";
import { microsOf } from "../../layers/core/time.ts";
import { kill, start } from "../faults/edge-killed.ts";
import { temporaryHome } from "../temporary-home.ts";
import { edgeConfig } from "./agent.ts";

const gunzip = promisify(gunzipCallback);
const gzip = promisify(gzipCallback);

const WEEK_MS = 7 * 86_400_000;
const APPEND = 2_000;
const IN_FLIGHT = 4;
const BATCH = 1_000;
const UID = '"log.record.uid"';

/** A platform that counts entries and keeps none. Its answer is as short as the agent takes it. */
async function startCountingSink() {
  let isAway = true;
  let count = 0;
  const server = createServer(async (request, response) => {
    const sent = Buffer.concat(await request.toArray());
    if (isAway) return void response.writeHead(503).end();
    const body = request.headers["content-encoding"] === "gzip" ? await gunzip(sent) : sent;
    let entries = 0;
    for (let at = body.indexOf(UID); at >= 0; at = body.indexOf(UID, at + UID.length)) entries++;
    count += entries;
    const text = JSON.stringify({ total_count: entries, errors: [] });
    response.writeHead(202, { "content-type": "application/json" }).end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get count() {
      return count;
    },
    comeBack: () => {
      isAway = false;
    },
    goAway: () => {
      isAway = true;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const message =
  "83.149.9.216 - - GET /presentations/logstash-monitorama-2013/images/kibana-search.png HTTP/1.1 200 203023";
const MARK = "number-here";
const [head = "", tail = ""] = encodeLog(
  {
    time: microsOf(Date.now()),
    service: "site",
    level: "info",
    message: `${message} ${MARK}`,
    attributes: {},
  },
  () => "backlog",
)
  .toString()
  .split(MARK);
/** Written by hand but for the first one: there are millions of them. */
const entryOf = (number: number): Buffer => Buffer.from(head + number + tail);

/** Fills a buffer as an agent would in a week without its platform. @returns how many entries it holds */
async function fill(directory: string, bytes: number): Promise<number> {
  const end = Date.now();
  let now = end - WEEK_MS;
  const buffer = await openBuffer({ directory, maxBytes: 2 * bytes + 1e9, clock: { now: () => now } });
  let number = 0;
  while (buffer.stats.bytes < bytes) {
    now = Math.min(end, end - WEEK_MS * (1 - buffer.stats.bytes / bytes));
    await buffer.append(Array.from({ length: APPEND }, () => entryOf(number++)));
  }
  await buffer.close();
  return number;
}

/** Entries a second that the shortest loop brings to the sink: compressed, as many at a time, none of them on a disk. In the sink's own process. */
async function floorRate(url: string, seconds: number): Promise<number> {
  let sent = 0;
  const until = performance.now() + seconds * 1_000;
  const lane = async () => {
    while (performance.now() < until) {
      const body = `[${Array.from({ length: BATCH }, () => entryOf(sent++)).join(",")}]`;
      const headers = { "content-encoding": "gzip", "content-type": "application/json" };
      await (await fetch(url, { method: "POST", headers, body: await gzip(body) })).text();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return sent / seconds;
}

export interface Backlog {
  bytes: number;
  /** Beyond what the agent takes before it knows of the backlog: what a collector leaves lying about while it is busy. */
  mostGrowthBytes: number;
  /** What it must reach of a plain loop's rate; on a machine that does much else at once there is no such figure. */
  leastOfFloor?: number;
}

/** An agent finds a week of entries on its disk: its memory stays as it is, and every entry goes out, each once. */
export async function drainsBacklog({ bytes, mostGrowthBytes, leastOfFloor = 0 }: Backlog): Promise<void> {
  const directory = await temporaryHome();
  const sink = await startCountingSink();
  const file = join(directory, "edge.yaml");
  const forward = { in_flight: IN_FLIGHT, batch: { max_entries: BATCH } };
  const options = { url: sink.url, config: { forward, buffer: { max_size: "100GB" } } };
  await writeFile(file, edgeConfig(options, join(directory, "buffer")));
  try {
    const empty = await start(file);
    const before = await memoryOf(empty.url);
    await kill(empty);
    const total = await fill(join(directory, "buffer", "logs"), bytes);

    sink.comeBack();
    const floors = [await floorRate(sink.url, 3)];
    sink.goAway();
    const others = sink.count;
    const agent = await start(file);
    await expect
      .poll(() => metric(agent.url, 'telemetry_edge_failed_attempts_total{lane="logs"}'))
      .toBeGreaterThan(3);
    let most = await memoryOf(agent.url);
    sink.comeBack();
    const startedAt = performance.now();
    while (sink.count < others + total) {
      most = Math.max(most, await memoryOf(agent.url));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const rate = (total * 1_000) / (performance.now() - startedAt);
    await expect.poll(() => metric(agent.url, 'telemetry_edge_waiting_entries{lane="logs"}')).toBe(0);
    await kill(agent);
    expect(sink.count).toBe(others + total);
    floors.push(await floorRate(sink.url, 3));
    const floor = Math.min(...floors);
    const megabytes = (size: number) => `${Math.round(size / 1e6)} MB`;
    console.log(
      `${megabytes(bytes)}, ${total} entries: sent ${Math.round(rate)}/s, a plain loop ${Math.round(floor)}/s; ` +
        `memory ${megabytes(before)} before, ${megabytes(most)} at most`,
    );
    expect(most - before).toBeLessThan(mostGrowthBytes);
    expect(rate).toBeGreaterThan(leastOfFloor * floor);
  } finally {
    sink.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}

const memoryOf = (url: string): Promise<number> => metric(url, "process_resident_memory_bytes");
