import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { expect } from "vitest";
import { agentEnvironment } from "../../apps/edge/environment.ts";
import { edgeConfig } from "../edge/agent.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { startProxy } from "../proxy.ts";
import { temporaryHome } from "../temporary-home.ts";
import { type Random, seededRandom } from "./random.ts";

const program = fileURLToPath(new URL("edge-process.ts", import.meta.url));
const SENDERS = 4;

/** What was handed to the agent, by what each log entry says and each point measures. */
class Promised {
  readonly tried = { logs: new Set<string>(), points: new Set<string>() };
  readonly kept = { logs: new Set<string>(), points: new Set<string>() };
  #next = 0;

  /** A request of some log entries or some points, and what it holds. */
  draw(random: Random) {
    const numbers = Array.from({ length: random.between(1, 12) }, () => this.#next++);
    const kind = random.below(3) === 0 ? ("points" as const) : ("logs" as const);
    const names = numbers.map((number) => `${kind} ${number}`);
    for (const name of names) this.tried[kind].add(name);
    const body =
      kind === "logs"
        ? names.map((message) => ({ service: "site", message }))
        : {
            site: numbers.map((value) => ({ timestamp: timeOf(value), metric_name: "m", value })),
          };
    const path = kind === "logs" ? "/v1/logs" : "/api/v1/telemetry/bulk";
    return { kind, names, path, body: JSON.stringify(body) };
  }
}

const base = Date.now() - 3_600_000;
const timeOf = (number: number): string => new Date(base + number).toISOString();

interface Running {
  url: string;
  process: ChildProcess;
}

/**
 * Kills the agent at random moments under load, while the way to the platform is cut every now and then, and holds
 * what it had acknowledged against what the platform has at the end.
 */
export async function survivesKills(rounds: number): Promise<void> {
  const random = seededRandom();
  const platform = await startPlatform();
  const proxy = await startProxy(platform.url);
  const directory = await temporaryHome();
  const config = join(directory, "edge.yaml");
  const forward = { batch: { max_entries: 40, max_age: "20ms" }, in_flight: 3 };
  const options = { url: proxy.url, apiKey: platform.apiKey, config: { forward } };
  await writeFile(config, edgeConfig(options, join(directory, "buffer")));
  const promised = new Promised();
  try {
    for (let round = 0; round < rounds; round++) {
      await lifeOf(await start(config), promised, random, () => proxy.cut());
    }
    const last = await start(config);
    await expect.poll(() => waiting(last.url), { timeout: 60_000 }).toBe(0);
    await kill(last);
    await expectOnce(platform, promised, `killed ${rounds} times; seed ${random.seed}`);
  } finally {
    await proxy.close();
    await platform.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

export async function start(config: string): Promise<Running> {
  const child = spawn(process.execPath, [program, config], {
    env: agentEnvironment(process.env),
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { listens } = JSON.parse(line) as { listens?: string };
    if (listens === undefined) continue;
    child.stdout.resume();
    return { url: listens, process: child };
  }
  throw new Error("the agent ended before it listened");
}

export async function kill({ process: child }: Running): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

async function lifeOf(agent: Running, promised: Promised, random: Random, cut: () => void): Promise<void> {
  const http = new Agent({ keepAlive: true });
  let isAlive = true;
  const sender = async () => {
    while (isAlive) {
      const { kind, names, path, body } = promised.draw(random);
      const status = await post(http, agent.url + path, body).catch(() => 0);
      if (status === 200 || status === 202) for (const name of names) promised.kept[kind].add(name);
    }
  };
  const senders = Array.from({ length: SENDERS }, sender);
  await pause(random.between(5, 250));
  if (random.below(3) === 0) cut();
  await pause(random.between(0, 100));
  isAlive = false;
  await kill(agent);
  await Promise.all(senders);
  http.destroy();
}

function post(agent: Agent, url: string, body: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const sent = request(url, { agent, method: "POST", headers: { "content-type": "application/json" } });
  sent.on("error", reject);
  sent.on("response", (response) => {
    response.on("error", reject);
    response.on("end", () => resolve(response.complete ? (response.statusCode ?? 0) : 0));
    response.resume();
  });
  sent.end(body);
  return promise;
}

async function waiting(url: string): Promise<number> {
  const status = (await (await fetch(`${url}/status`)).json()) as {
    lanes: Record<string, { waiting: number; rejected: number }>;
  };
  return Object.values(status.lanes).reduce((sum, lane) => sum + lane.waiting + lane.rejected, 0);
}

/** How many of `some` are none of `others`. */
const beyond = (some: ReadonlySet<string>, others: ReadonlySet<string>): number =>
  [...some].filter((each) => !others.has(each)).length;

/** As the platform's statistics count them. */
const COUNTED_POINTS = `SELECT sum(points) AS count
  FROM (SELECT points FROM counted_points UNION ALL SELECT points FROM hour_counts) AS counts`;

async function expectOnce({ databaseUrl }: Platform, promised: Promised, title: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const found = async (kind: "logs" | "points", sql: string, countSql: string) => {
      const { kept, tried } = promised;
      const names = async () => (await client.query<{ name: string }>(sql)).rows.map(({ name }) => name);
      const lostOf = (there: readonly string[]) => beyond(kept[kind], new Set(there));
      // The platform has taken them; its consumers may still be at work.
      await expect.poll(async () => lostOf(await names()), { timeout: 60_000 }).toBe(0);
      const distinct = new Set(await names());
      const [{ count = "" } = {}] = (await client.query<{ count: string }>(countSql)).rows;
      return {
        [`${kind} acknowledged`]: kept[kind].size,
        [`${kind} counted`]: Number(count),
        lost: lostOf([...distinct]),
        doubled: Number(count) - distinct.size,
        unknown: beyond(distinct, tried[kind]),
      };
    };
    const sums = [
      await found(
        "logs",
        "SELECT message AS name FROM log_entries WHERE service = 'site'",
        "SELECT count(*) FROM log_entries WHERE service = 'site'",
      ),
      // A point that came twice is one row all the same: what counts them must not have counted twice.
      await found("points", "SELECT 'points ' || value::bigint AS name FROM points", COUNTED_POINTS),
    ];
    console.log(`${title}: ${JSON.stringify(sums)}`);
    for (const sum of sums) expect(sum).toMatchObject({ lost: 0, doubled: 0, unknown: 0 });
    expect(promised.kept.logs.size).toBeGreaterThan(100);
    expect(promised.kept.points.size).toBeGreaterThan(20);
  } finally {
    await client.end();
  }
}
