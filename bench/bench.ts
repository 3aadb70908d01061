import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Client, escapeIdentifier } from "pg";
import type { PrivateServices } from "../test/private-services.ts";
import { type Environment, startWorker, type Tasks, type Worker } from "./worker.ts";
import type { HttpLoad } from "./workers/http-load.ts";
import type { Platform } from "./workers/platform.ts";

/** What a claim is measured with. Whatever it takes from here is gone when the claim is through. */
export interface Bench {
  /** How often each side is measured. */
  readonly rounds: number;
  /** The part of a size or a duration that this run takes: all of it, or less for a first look. */
  scaled(full: number): number;
  /** An empty virtual host on the broker: its URL. */
  vhost(): Promise<string>;
  /** An empty database: its URL. */
  database(): Promise<string>;
  /** A program of bench/workers. @param env @default this process's */
  worker<T extends Tasks>(program: string, env?: Environment): Promise<Worker<T>>;
  /** The platform in a process of its own, on a virtual host and a database of its own. */
  platform(): Promise<RunningPlatform>;
  /** Sends requests to a server, from a process of its own. */
  load(server: Server): Promise<Worker<HttpLoad>>;
}

export interface Server {
  url: string;
  apiKey: string;
}

export interface RunningPlatform extends Server {
  databaseUrl: string;
  amqpUrl: string;
  process: Worker<Platform>;
}

export interface BenchOptions {
  services: PrivateServices;
  rounds: number;
  /** 1 for the full sizes. */
  scale: number;
  /** Where a CPU profile of each process is written, if wanted. */
  profiles?: string;
}

export interface OpenBench extends Bench {
  /** Takes away what a claim took. */
  clear(): Promise<void>;
}

export function openBench({ services, rounds, scale, profiles }: BenchOptions): OpenBench {
  const { rabbitMq, postgres, home } = services;
  const undo: (() => Promise<unknown>)[] = [];
  let names = 0;
  const newName = () => `bench_${names++}`;

  async function vhost(): Promise<string> {
    const name = newName();
    const url = new URL(rabbitMq.url);
    await rabbitMq.rabbitmqctl(["add_vhost", name]);
    undo.push(() => rabbitMq.rabbitmqctl(["delete_vhost", name]));
    await rabbitMq.rabbitmqctl(["set_permissions", "-p", name, url.username, ".*", ".*", ".*"]);
    url.pathname = name;
    return url.href;
  }

  async function database(): Promise<string> {
    const name = newName();
    const url = new URL(postgres.url);
    await administer(postgres.url, `CREATE DATABASE ${escapeIdentifier(name)}`);
    undo.push(() => administer(postgres.url, `DROP DATABASE ${escapeIdentifier(name)} WITH (FORCE)`));
    url.pathname = name;
    return url.href;
  }

  async function worker<T extends Tasks>(program: string, env?: Environment): Promise<Worker<T>> {
    const name = `--cpu-prof-name=${program}.${newName()}.cpuprofile`;
    const profiling = profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`, name];
    const started = await startWorker<T>(program, profiling, env);
    undo.push(() => started.stop());
    return started;
  }

  async function platform(): Promise<RunningPlatform> {
    const [amqpUrl, databaseUrl] = [await vhost(), await database()];
    const process = await worker<Platform>("platform");
    // A home of its own: two platforms cannot share a spool.
    const folder = join(home, newName());
    await mkdir(folder);
    const logFile = join(folder, "platform.log");
    const started = await process.call("start", { amqpUrl, databaseUrl, logFile });
    return { ...started, amqpUrl, databaseUrl, process };
  }

  async function load({ url, apiKey }: Server): Promise<Worker<HttpLoad>> {
    const started = await worker<HttpLoad>("http-load");
    await started.call("open", { url, apiKey });
    return started;
  }

  return {
    rounds,
    scaled: (full) => Math.max(1, Math.round(full * scale)),
    vhost,
    database,
    worker,
    platform,
    load,
    async clear() {
      // What cannot be taken away goes with the services, and must not hide why a claim failed.
      for (const step of undo.splice(0).reverse()) await step().catch(() => undefined);
    },
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
