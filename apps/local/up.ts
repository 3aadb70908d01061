import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { newId } from "../../layers/core/ids.ts";
import { consoleFolder } from "./console-folder.ts";
import { openLog } from "./logger.ts";
import { removeRunFile, writeRunFile } from "./run-file.ts";
import { startRuntime } from "./runtime.ts";
import { nextFreePort, startEdgeAgent } from "./services/edge-agent.ts";
import { persistDeclarations } from "./services/persist-declarations.ts";
import { startPostgres } from "./services/postgres.ts";
import { type RabbitMqService, startRabbitMq } from "./services/rabbitmq.ts";
import { supervise } from "./services/supervise.ts";
import { type LocalSettings, readSettings } from "./settings.ts";

type Stop = () => Promise<void>;

/** Brings the whole platform up on this machine, and down again, in reverse, on Ctrl-C. */
export async function up(): Promise<void> {
  const settings = readSettings();
  const interrupted = interruption();
  const stops: Stop[] = [];
  try {
    await start(settings, stops, interrupted);
    if (!interrupted.aborted) await once(interrupted, "abort");
  } catch (error) {
    if (!interrupted.aborted) throw error; // How a start that was broken off failed is of no interest.
  } finally {
    for (const stop of stops.reverse())
      await stop().catch((error: unknown) => say(`while stopping: ${error}`));
  }
  say("stopped");
}

/** Broken off between two services, never within one, so that each that was started is among the `stops`. */
async function start(settings: LocalSettings, stops: Stop[], interrupted: AbortSignal): Promise<void> {
  const { home, port, partitions } = settings;
  const startedAt = performance.now();
  await mkdir(join(home, "logs"), { recursive: true, mode: 0o700 });
  const apiKey = await keptApiKey(settings);
  const logFile = join(home, "logs", "telemetry.log");
  const logger = openLog(logFile);
  stops.push(() => logger.close());

  const broker = settings.rabbitMqUrl ? { url: settings.rabbitMqUrl } : await privateRabbitMq(home, stops);
  const amqpUrl = broker.url;
  interrupted.throwIfAborted();
  const prepared = async () => {
    if ("rabbitmqctl" in broker) await persistDeclarations(broker);
  };
  const databaseUrl = settings.databaseUrl ?? (await privatePostgres(home, stops));
  interrupted.throwIfAborted();
  const places = { amqpUrl, databaseUrl, home };
  const notifications = { allowLoopback: settings.loopbackChannels };
  const runtime = await startRuntime({
    ...places,
    port,
    apiKey,
    logger,
    partitions,
    prepared,
    notifications,
    jwt: settings.jwt,
    consoleFolder: consoleFolder(),
  });
  stops.push(runtime.stop);
  interrupted.throwIfAborted();
  const { url } = runtime;
  const edgePort = await nextFreePort(settings.edgePort);
  const edge = await supervise({
    name: "The edge agent",
    start: () => startEdgeAgent({ home, platform: url, apiKey, port: edgePort }),
    report: say,
  });
  stops.push(() => edge.stop());
  await writeRunFile(home, { url, amqpUrl, databaseUrl, pid: process.pid });
  stops.push(() => removeRunFile(home));

  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const edgeUrl = edge.current().url;
  say(whereEverythingIs({ ...places, url, edgeUrl, apiKey, logFile, seconds }));
}

async function privateRabbitMq(home: string, stops: Stop[]): Promise<RabbitMqService> {
  say("RabbitMQ …");
  const rabbitMq = await supervise({
    name: "RabbitMQ",
    start: () => startRabbitMq({ home, progress: say }),
    report: say,
  });
  stops.push(() => rabbitMq.stop());
  return rabbitMq.current();
}

async function privatePostgres(home: string, stops: Stop[]): Promise<string> {
  say("PostgreSQL …");
  const postgres = await supervise({ name: "PostgreSQL", start: () => startPostgres({ home }), report: say });
  stops.push(() => postgres.stop());
  return postgres.current().url;
}

/**
 * The key of the settings, or one that is generated once, so that scripts go on working after a restart. Either
 * way it is kept in the home, where the command line finds it.
 */
async function keptApiKey({ home, apiKey }: LocalSettings): Promise<string> {
  const file = join(home, "api-key");
  const kept = (await readFile(file, "utf8").catch(() => "")).trim();
  const key = apiKey ?? (kept || `${newId("key")}.${randomBytes(32).toString("base64url")}`);
  if (key !== kept) await writeFile(file, `${key}\n`, { mode: 0o600 });
  return key;
}

interface Places {
  url: string;
  edgeUrl: string;
  amqpUrl: string;
  databaseUrl: string;
  apiKey: string;
  home: string;
  logFile: string;
  seconds: string;
}

function whereEverythingIs(places: Places): string {
  const { url, edgeUrl, amqpUrl, databaseUrl, apiKey, home, logFile, seconds } = places;
  return `
telemetry-bus is up, after ${seconds} s. Ctrl-C stops it.

  console     ${url}/#key=${apiKey}
  API         ${url}/api/v1
  docs        ${url}/docs
  health      ${url}/health
  API key     ${apiKey}
  edge agent  ${edgeUrl}/status
  RabbitMQ    ${amqpUrl}
  PostgreSQL  ${databaseUrl}
  data        ${home}
  log         ${logFile}

This machine's own metrics are arriving. See the newest:

  npm run telemetry -- tail telemetry.#
`;
}

/** npm passes on the Ctrl-C that the terminal has sent us already: so soon after the first, it is the same one. */
const sameInterruptionMs = 500;

/** A second Ctrl-C does not wait: the kernel takes the children along. */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  let first: number | undefined;
  const interrupt = () => {
    if (first === undefined) say("stopping …");
    first ??= performance.now();
    if (performance.now() - first > sameInterruptionMs) process.exit(130);
    interrupted.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return interrupted.signal;
}

function say(line: string): void {
  console.log(line);
}
