import { randomUUID } from "node:crypto";
import { Client, escapeIdentifier } from "pg";
import { inject } from "vitest";

/** Something of the run's services that belongs to one test file alone. */
export interface Fresh {
  readonly name: string;
  readonly url: string;
  /** Ends what still uses it and deletes it. */
  drop(): Promise<void>;
}

/** A virtual host on the run's broker, empty but for the exchanges that every one has. */
export async function freshVhost(): Promise<Fresh> {
  const name = freshName();
  const url = new URL(inject("amqpUrl"));
  url.pathname = name;
  await manage("PUT", `/api/vhosts/${name}`);
  const everything = { configure: ".*", write: ".*", read: ".*" };
  await manage("PUT", `/api/permissions/${name}/${url.username}`, everything);
  return { name, url: url.href, drop: () => manage("DELETE", `/api/vhosts/${name}`) };
}

/** An empty database on the run's PostgreSQL. */
export async function freshDatabase(): Promise<Fresh> {
  const name = freshName();
  const url = new URL(inject("postgresUrl"));
  url.pathname = name;
  await administer(`CREATE DATABASE ${escapeIdentifier(name)}`);
  return {
    name,
    url: url.href,
    drop: () => administer(`DROP DATABASE ${escapeIdentifier(name)} WITH (FORCE)`),
  };
}

function freshName(): string {
  return `test_${randomUUID().replaceAll("-", "")}`;
}

/** A call of the management API that answers with success or throws what it answered. */
async function manage(method: string, path: string, body: object = {}): Promise<void> {
  const { origin, username, password } = new URL(inject("managementUrl"));
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const headers = { authorization, "content-type": "application/json" };
  const answer = await fetch(`${origin}${path}`, { method, headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok)
    throw new Error(`${method} ${path}: expected success, RabbitMQ answered ${answer.status} ${text}`);
}

async function administer(statement: string): Promise<void> {
  const client = new Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
