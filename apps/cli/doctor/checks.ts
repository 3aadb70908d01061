import { asError } from "../../../layers/core/errors.ts";
import { type DetailedHealth, detailedHealthAnswer, healthAnswer } from "../answers.ts";
import { type Api, ApiError, createApi } from "../api.ts";
import { findPlatform, homeOf, type Platform } from "../settings.ts";
import { checkBroker } from "./broker.ts";
import { checkKey } from "./key.ts";
import { checkLatency } from "./latency.ts";
import { checkClock, checkDisk, checkNode } from "./machine.ts";
import { checkDeadLetters, checkQueues } from "./queues.ts";
import { Skipped, Trouble } from "./trouble.ts";

/** What the checks have found so far: each fills in what later ones need. */
export interface Findings {
  platform?: Platform;
  api?: Api;
  health?: DetailedHealth;
}

export interface Check {
  name: string;
  /** Says what it found. @throws {Trouble} or {Skipped} */
  run(findings: Findings): Promise<string>;
}

export const checks: readonly Check[] = [
  { name: "Node.js", run: checkNode },
  { name: "platform", run: checkPlatform },
  { name: "disk", run: ({ platform }) => checkDisk(platform?.run ? homeOf() : undefined) },
  { name: "API", run: checkApi },
  { name: "clock", run: ({ api }) => checkClock(need(api)) },
  { name: "API key", run: ({ api }) => checkKey(need(api)) },
  { name: "components", run: checkComponents },
  { name: "broker", run: async ({ platform }) => checkBroker(need(platform)) },
  { name: "queues", run: async ({ health }) => checkQueues(need(health)) },
  { name: "latency", run: async ({ health }) => checkLatency(need(health)) },
  { name: "dead letters", run: async ({ health }) => checkDeadLetters(need(health)) },
];

async function checkPlatform(findings: Findings): Promise<string> {
  const platform = findPlatform();
  findings.platform = platform;
  return platform.run
    ? `the local run at ${platform.url} (pid ${platform.run.pid})`
    : `${platform.url}, named by TELEMETRY_URL`;
}

async function checkApi(findings: Findings): Promise<string> {
  const platform = need(findings.platform);
  const api = createApi(platform);
  try {
    const { body } = await api.call({
      method: "GET",
      path: "/health",
      answer: healthAnswer,
    });
    findings.api = api;
    return `version ${body.version} at ${platform.url}`;
  } catch (error) {
    const unhealthy = error instanceof ApiError && error.status === 503;
    if (unhealthy) findings.api = api;
    const todo = unhealthy
      ? "its database does not answer: see the components below"
      : "is the platform running, and is its URL right?";
    throw new Trouble(asError(error).message, todo);
  }
}

const parts = {
  time_series_db: "PostgreSQL (measurements)",
  registry: "PostgreSQL (registry)",
  broker: "RabbitMQ",
} as const;

/** As the platform itself sees them: its database can be reached by nobody else. */
async function checkComponents(findings: Findings): Promise<string> {
  const { body } = await need(findings.api).call({
    method: "GET",
    path: "/health/detailed",
    answer: detailedHealthAnswer,
  });
  findings.health = body;
  const bad = Object.entries(body.components).filter(([, { status }]) => status !== "healthy");
  if (bad.length > 0) {
    const list = bad.map(
      ([name, { status, detail }]) => `${name} is ${status}${detail ? `: ${detail}` : ""}`,
    );
    throw new Trouble(list.join("\n"), "look at the log of that part; the platform goes on once it is back");
  }
  const latencies = Object.entries(parts).map(
    ([name, title]) => `${title} ${body.components[name]?.latency_ms ?? "?"} ms`,
  );
  return latencies.join(", ");
}

function need<Found>(found: Found | undefined): Found {
  if (found === undefined) throw new Skipped("not checked, since what it needs does not work");
  return found;
}
