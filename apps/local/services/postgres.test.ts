import { rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { type PostgresService, startPostgres } from "./postgres.ts";
import { processTree } from "./process-table.ts";

let home: string;
let postgres: PostgresService;

beforeAll(async () => {
  home = await temporaryHome();
  postgres = await startPostgres({ home });
});
afterAll(async () => {
  await postgres.stop();
  await rm(home, { recursive: true });
});

async function query(statement: string, url = postgres.url, timeoutMs = 5_000) {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: timeoutMs });
  client.on("error", () => {});
  await client.connect();
  const { rows } = await client.query(statement);
  await client.end();
  return rows;
}

it("has a database of UTF-8 text that compares alike everywhere", async () => {
  const rows = await query(`
    SELECT datname AS name, pg_encoding_to_char(encoding) AS encoding, datlocprovider AS provider, datlocale AS locale
    FROM pg_database WHERE datname = current_database()`);
  expect(rows).toEqual([{ name: "telemetry", encoding: "UTF8", provider: "b", locale: "C.UTF-8" }]);
  expect(await query("SELECT lower('ÉCOLE')")).toEqual([{ lower: "école" }]);
});

it("gives up nothing of durability", async () => {
  const rows = await query(
    "SELECT name, setting FROM pg_settings WHERE name ~ '^(fsync|synchronous_commit|full_page_writes)$'",
  );
  expect(rows.map(({ setting }) => setting)).toEqual(["on", "on", "on"]);
});

it("listens on loopback only", async () => {
  await expect(query("SELECT 1", postgres.url.replace("127.0.0.1", "127.0.0.2"))).rejects.toThrow(
    "ECONNREFUSED",
  );
});

it("lets in nobody without the password, which only its owner can read", async () => {
  expect((await stat(join(home, "postgres/password"))).mode & 0o777).toBe(0o600);
  const url = new URL(postgres.url);
  url.password = "guessed";
  await expect(query("SELECT 1", url.href)).rejects.toThrow("password authentication failed");
});

it("answers nobody while it is frozen, and goes on when it is thawed", async () => {
  await postgres.kill("SIGSTOP");
  await expect(query("SELECT 1", postgres.url, 200)).rejects.toThrow("timeout");
  await postgres.kill("SIGCONT");
  expect(await query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

it("keeps what was committed, its address and its password over a kill -9", async () => {
  await query("CREATE TABLE kept AS SELECT 'precious' AS value");
  const { url } = postgres;
  await postgres.kill("SIGKILL");

  postgres = await startPostgres({ home });

  expect(postgres.url).toBe(url);
  expect(await query("SELECT value FROM kept")).toEqual([{ value: "precious" }]);
});

it("starts although a postmaster.pid names a process that runs, but is another", async () => {
  await postgres.kill("SIGKILL");
  const data = join(home, "postgres/data");
  await writeFile(join(data, "postmaster.pid"), `${process.pid}\n${data}\n`);
  postgres = await startPostgres({ home });
  expect(await query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
});

it("ends open sessions and leaves no process when it is stopped", async () => {
  const session = new Client({ connectionString: postgres.url });
  session.on("error", () => {});
  await session.connect();
  await postgres.stop();
  expect(processTree(process.pid)).toHaveLength(1);
});
