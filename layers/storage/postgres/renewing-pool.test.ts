import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Fresh, freshDatabase } from "../../../test/fresh.ts";
import { openPool } from "./pool.ts";
import type { Password } from "./renewing-pool.ts";

const ROLE = `test_${randomUUID().replaceAll("-", "")}`;

let database: Fresh;
let owner: pg.Client;
/** What whoever asks is told; the server may know better already. */
let told: string;
let pools: pg.Pool[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  await owner.query(`CREATE ROLE ${ROLE} LOGIN`);
  await owner.query(`CREATE TABLE written (number integer); GRANT ALL ON written TO ${ROLE}`);
});

beforeEach(async () => {
  await owner.query("TRUNCATE written");
  told = await changePassword();
});

afterEach(async () => {
  for (const pool of pools) await pool.end();
  pools = [];
});

afterAll(async () => {
  await owner.query(`DROP OWNED BY ${ROLE}; DROP ROLE ${ROLE}`);
  await owner.end();
  await database.drop();
});

async function changePassword(): Promise<string> {
  const password = randomUUID();
  await owner.query(`ALTER ROLE ${ROLE} PASSWORD '${password}'`);
  return password;
}

function open(password: Password): pg.Pool {
  const url = new URL(database.url);
  url.username = ROLE;
  url.password = "";
  const pool = openPool(url.href, { password, max: 2 });
  pools.push(pool);
  return pool;
}

it("writes on, and loses nothing, while the password is renewed again and again [AWS-07]", async () => {
  // Remembered until it is refused, as functions do.
  let known: string | undefined;
  const pool = open(async (refused) => {
    if (refused) known = undefined;
    known ??= told;
    return known;
  });
  let written = 0;
  let renewing = true;
  const load = async () => {
    while (renewing) {
      const client = await pool.connect();
      await client.query("INSERT INTO written VALUES ($1)", [written++]);
      // Not kept: the next one connects anew.
      client.release(true);
      await pool.query("SELECT 1");
    }
  };
  const loads = [load(), load()];
  for (let turn = 0; turn < 5; turn++) {
    const seen = written;
    const next = await changePassword();
    // The server knows it first, and who connects in between is refused.
    await owner.query("SELECT pg_sleep(0.05)");
    told = next;
    await expect.poll(() => written).toBeGreaterThan(seen + 4);
  }
  renewing = false;
  await Promise.all(loads);
  const { rows } = await owner.query("SELECT count(DISTINCT number)::int AS count FROM written");
  expect(rows).toEqual([{ count: written }]);
});

it("asks once per connection, and says whether what it was told was refused", async () => {
  const asked: boolean[] = [];
  const pool = open(async (refused) => {
    asked.push(refused);
    return refused ? told : "of yesterday";
  });
  await pool.query("SELECT 1");
  await pool.query("SELECT 1");
  expect(asked).toEqual([false, true]);
});

it("gives up on a password that stays wrong", async () => {
  const asked: boolean[] = [];
  const pool = open(async (refused) => {
    asked.push(refused);
    return "wrong";
  });
  await expect(pool.query("SELECT 1")).rejects.toThrow(/password authentication failed/);
  expect(asked).toEqual([false, ...Array.from({ length: 5 }, () => true)]);
});

it("passes on that there is nobody to ask", async () => {
  const pool = open(async () => {
    throw new Error("the secret is away");
  });
  await expect(pool.query("SELECT 1")).rejects.toThrow("the secret is away");
});
