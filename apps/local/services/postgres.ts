import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Client, escapeIdentifier } from "pg";
import { plannerSettings } from "../../../layers/storage/postgres/pool.ts";
import { keptSecret } from "./kept-secret.ts";
import { keptPorts } from "./ports.ts";
import { postgresPrograms } from "./postgres-programs.ts";
import { recordRunning, waitForPredecessor } from "./predecessor.ts";
import { launch, type ServiceProcess } from "./process.ts";
import { runCommand } from "./run-command.ts";
import type { Service } from "./service.ts";
import { giveToUnprivileged, unprivileged } from "./unprivileged.ts";

export interface PostgresOptions {
  /** Data, port and password are in `home`/postgres, and survive a restart. */
  readonly home: string;
  /** @default a free one, the same at every start */
  readonly port?: number;
}

export type PostgresService = Service;

const user = "telemetry";
const database = "telemetry";
const readyDeadlineMs = 60_000;
const stop = { signal: "SIGINT", deadlineMs: 30_000 } as const; // Ends sessions instead of waiting for them.

/** Fast, but nothing that gives up durability: what was committed survives a crash of the machine. */
const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  fsync: "on",
  synchronous_commit: "on",
  shared_buffers: "256MB",
  max_wal_size: "2GB",
  wal_compression: "on",
  ...plannerSettings,
  timezone: "UTC",
};

/**
 * Starts a private PostgreSQL on 127.0.0.1 with a database `telemetry`, made at the first start.
 * @throws if its programs are not installed, or it does not accept a connection within a minute
 */
export async function startPostgres({ home, port }: PostgresOptions): Promise<PostgresService> {
  const folder = join(resolve(home), "postgres");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const password = await keptSecret(join(folder, "password"));
  const runningFile = join(folder, "running.json");
  await waitForPredecessor(runningFile, stop.deadlineMs);
  const ports = await keptPorts(
    join(folder, "ports.json"),
    ["postgres"],
    port === undefined ? {} : { postgres: port },
  );
  const data = await madeCluster(folder);
  const server = await launchServer(folder, data, ports.postgres);
  await recordRunning(runningFile, server.pid);
  const address = `postgres://${user}:${password}@127.0.0.1:${ports.postgres}`;
  await server.ready(() => acceptsConnections(`${address}/postgres`), readyDeadlineMs);
  await ensureDatabase(`${address}/postgres`);
  return { ...server, url: `${address}/${database}`, stop: () => server.stop(stop) };
}

/** Made beside its place and moved there when whole, so that one cut short is never used. */
async function madeCluster(folder: string): Promise<string> {
  const data = join(folder, "data");
  if (existsSync(data)) return data;
  const partial = join(folder, "data.partial");
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { mode: 0o700 });
  await giveToUnprivileged(partial);
  await initdb(partial, join(folder, "password"));
  await rename(partial, data);
  return data;
}

/** The built-in locale sorts and compares in the same way on every system and after every update of it. */
async function initdb(data: string, passwordFile: string): Promise<void> {
  const options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const access = ["--auth=scram-sha-256", `--username=${user}`, `--pwfile=${passwordFile}`];
  const [file = "", ...args] = [
    ...unprivileged,
    postgresPrograms().initdb,
    `--pgdata=${data}`,
    ...options,
    ...access,
  ];
  await runCommand(file, args);
}

async function launchServer(folder: string, data: string, port: number): Promise<ServiceProcess> {
  // Left by a kill -9. Nobody runs on this data: waitForPredecessor saw to that, while PostgreSQL would take
  // any process that has the pid by now for the server.
  await rm(join(data, "postmaster.pid"), { force: true });
  const given = Object.entries({ ...settings, port: String(port) });
  return launch({
    name: "PostgreSQL",
    as: unprivileged,
    command: postgresPrograms().postgres,
    args: ["-D", data, ...given.flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    logFile: join(folder, "postgres.log"),
    orphanSignal: stop.signal,
  });
}

async function acceptsConnections(url: string): Promise<boolean> {
  return withConnection(url, async () => true).catch(() => false);
}

async function ensureDatabase(url: string): Promise<void> {
  await withConnection(url, async (client) => {
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(database)}`);
  });
}

async function withConnection<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {}); // A connection that breaks is told to whoever awaits the query.
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
