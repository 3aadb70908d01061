import type { EventEmitter } from "node:events";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type Fresh, freshDatabase } from "../../../test/fresh.ts";
import { openPool, type PoolOptions } from "./pool.ts";

let database: Fresh;
let pools: pg.Pool[] = [];

beforeAll(async () => {
  database = await freshDatabase();
});

afterEach(async () => {
  for (const pool of pools) await pool.end();
  pools = [];
});

afterAll(() => database.drop());

function open(options?: PoolOptions): pg.Pool {
  const pool = openPool(database.url, options);
  pools.push(pool);
  return pool;
}

const pidOf = async (asked: pg.Pool | pg.PoolClient): Promise<number> =>
  (await asked.query("SELECT pg_backend_pid() AS pid")).rows[0].pid;

/** Other than `once` of node:events it is not put off by an error. */
const emitted = (emitter: EventEmitter, event: string) =>
  new Promise((resolve) => emitter.once(event, resolve));

const kill = (pid: number) => open().query("SELECT pg_terminate_backend($1)", [pid]);

it("survives the death of an idle connection and makes another one", async () => {
  const pool = open({ max: 1 });
  const pid = await pidOf(pool);
  const removed = emitted(pool, "remove");
  await kill(pid);
  await removed;
  expect(await pidOf(pool)).not.toBe(pid);
});

it("survives the death of a connection that somebody holds and does not use", async () => {
  const client = await open().connect();
  const ended = emitted(client, "end");
  await kill(await pidOf(client));
  await ended;
  await expect(client.query("SELECT 1")).rejects.toThrow();
  client.release();
});

it("says who it is", async () => {
  const { rows } = await open({ applicationName: "record-points" }).query("SHOW application_name");
  expect(rows).toEqual([{ application_name: "record-points" }]);
});

it("has statements planned as they were measured, whatever the server's defaults, but not the connection string's", async () => {
  const planning = async (pool: pg.Pool) =>
    (await pool.query("SELECT current_setting('random_page_cost') AS page, current_setting('jit') AS jit"))
      .rows[0];
  await open().query(`ALTER DATABASE "${new URL(database.url).pathname.slice(1)}" SET random_page_cost = 4`);
  expect(await planning(open())).toEqual({ page: "1.1", jit: "off" });
  const url = new URL(database.url);
  url.searchParams.set("options", "-c jit=on");
  const own = openPool(url.href);
  pools.push(own);
  expect(await planning(own)).toEqual({ page: "1.1", jit: "on" });
});

it("gives up waiting when all connections are taken", async () => {
  const pool = open({ max: 1, connectTimeoutMs: 1_000 });
  const client = await pool.connect();
  await expect(pool.query("SELECT 1")).rejects.toThrow(/timeout/);
  client.release();
});

it("ends a statement that takes too long", async () => {
  await expect(open({ statementTimeoutMs: 50 }).query("SELECT pg_sleep(60)")).rejects.toThrow(
    /statement timeout/,
  );
});

it("ends a transaction whose owner fell silent, so that its locks are free again", async () => {
  const frozen = await open({ idleTransactionTimeoutMs: 50 }).connect();
  const ended = emitted(frozen, "end");
  await frozen.query("BEGIN");
  await frozen.query("SELECT pg_advisory_xact_lock(1)");
  await open().query("SELECT pg_advisory_lock(1)");
  await ended;
  frozen.release();
});

it("sends queries without waiting for the answers to those before", async () => {
  const pool = open();
  const client = await pool.connect();
  const waiting = client.query("SELECT pg_advisory_lock(2)");
  const behind = client.query("SELECT 3 AS three");
  await waiting;
  expect((await behind).rows).toEqual([{ three: 3 }]);
  client.release();
});
