import { mkdir, writeFile } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { agentEnvironment } from "../../edge/environment.ts";
import { isPortFree } from "./ports.ts";
import { recordRunning, waitForPredecessor } from "./predecessor.ts";
import { launch } from "./process.ts";
import type { Service } from "./service.ts";

export interface EdgeAgentOptions {
  /** Its configuration, buffer and log are in `home`/edge. */
  readonly home: string;
  /** Of the platform that it forwards to. */
  readonly platform: string;
  readonly apiKey: string;
  /** Where it listens, on 127.0.0.1. */
  readonly port: number;
}

const readyDeadlineMs = 30_000;
/** Longer than it waits for requests that are under way, and then for answers that are due. */
const stop = { signal: "SIGTERM", deadlineMs: 25_000 } as const;

/** Written as this file is: TypeScript in the checkout, JavaScript where it is installed. */
const program = fileURLToPath(
  new URL(`../../../bin/telemetry${extname(fileURLToPath(import.meta.url))}`, import.meta.url),
);

/**
 * Starts an edge agent that forwards to the platform of this machine.
 * @throws if it does not answer within half a minute
 */
export async function startEdgeAgent({ home, platform, apiKey, port }: EdgeAgentOptions): Promise<Service> {
  const folder = join(resolve(home), "edge");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const runningFile = join(folder, "running.json");
  await waitForPredecessor(runningFile, stop.deadlineMs);
  const config = join(folder, "edge.yaml");
  await writeFile(config, configOf({ home, folder, platform, port }), { mode: 0o600 });
  const server = await launch({
    name: "the edge agent",
    command: process.execPath,
    args: [program, "edge", "--config", config],
    env: agentEnvironment({ ...process.env, TELEMETRY_API_KEY: apiKey }),
    logFile: join(folder, "edge.log"),
  });
  await recordRunning(runningFile, server.pid);
  const url = `http://127.0.0.1:${port}`;
  await server.ready(() => isHealthy(url), readyDeadlineMs);
  return { ...server, url, stop: () => server.stop(stop) };
}

interface Configured {
  home: string;
  folder: string;
  platform: string;
  port: number;
}

const configOf = ({ home, folder, platform, port }: Configured): string => `\
# Written anew at each start. docs/edge.md says what else there is.
listen: 127.0.0.1:${port}
buffer: { dir: ${JSON.stringify(join(folder, "buffer"))}, max_size: 1GB }
forward: { url: "${platform}", api_key: "\${TELEMETRY_API_KEY}" }
sources: { host_metrics: { interval: 5s, paths: [${JSON.stringify(resolve(home))}] } }
`;

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthcheck`)).ok;
  } catch {
    return false;
  }
}

/** The first one from `port` on that nobody listens on. */
export async function nextFreePort(port: number): Promise<number> {
  const last = Math.min(65_535, port + 100);
  for (let next = port; next <= last; next++) if (await isPortFree(next)) return next;
  throw new Error(`no free port from ${port} to ${last} on 127.0.0.1`);
}
