import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { connect } from "amqplib";
import { Client } from "pg";
import type { PrivateServices } from "../test/private-services.ts";

/** What the figures were measured on, in a line. */
export async function describeMachine({ rabbitMq, postgres }: PrivateServices): Promise<string> {
  const [cpu] = cpus();
  const parts = [
    new Date().toISOString().slice(0, 10),
    `${cpus().length} × ${cpu?.model.trim() ?? "unknown CPU"}`,
    `${Math.round(totalmem() / 2 ** 30)} GB`,
    `${type()} ${release()}`,
    `Node.js ${process.versions.node}`,
    `PostgreSQL ${await postgresVersion(postgres.url)}`,
    `RabbitMQ ${await rabbitMqVersion(rabbitMq.url)}`,
    `amqplib ${versionOf("amqplib")}`,
    `pg ${versionOf("pg")}`,
    `load average before ${loadavg()[0]?.toFixed(2)}`,
  ];
  return `${parts.join("; ")}.`;
}

async function postgresVersion(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
  await client.end();
  return rows[0]?.server_version ?? "unknown";
}

async function rabbitMqVersion(url: string): Promise<string> {
  const connection = await connect(url);
  const { version } = connection.connection.serverProperties;
  await connection.close();
  return version;
}

function versionOf(name: string): string {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")).version;
}
