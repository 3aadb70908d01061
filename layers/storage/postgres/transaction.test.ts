import type pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Fresh, freshDatabase } from "../../../test/fresh.ts";
import { PermanentError, UnavailableError } from "../../core/errors.ts";
import { openPool } from "./pool.ts";
import { query, type Transaction, transaction } from "./transaction.ts";

let database: Fresh;
let pool: pg.Pool;

beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.url);
  await pool.query("CREATE TABLE things (id integer PRIMARY KEY)");
});

beforeEach(() => pool.query("TRUNCATE things"));

afterAll(async () => {
  await pool.end();
  await database.drop();
});

const insert = (id: number) => ({ text: "INSERT INTO things VALUES ($1)", values: [id] });
const work = <Result>(does: (transaction: Transaction) => Promise<Result>) =>
  transaction(pool, "storing", does);

async function stored(): Promise<number[]> {
  const rows = await query<{ id: number }>(pool, "reading", { text: "SELECT id FROM things ORDER BY id" });
  return rows.map(({ id }) => id);
}

it("commits what was done and what was left for the commit, in that order", async () => {
  const result = await work(async (transaction) => {
    transaction.atCommit({ text: "UPDATE things SET id = id + 10" });
    await transaction.query(insert(1));
    return "done";
  });
  expect(result).toBe("done");
  expect(await stored()).toEqual([11]);
});

it("leaves nothing when the work throws, and throws the same", async () => {
  const thrown = new RangeError("of the work's own");
  const failing = work(async (transaction) => {
    await transaction.query(insert(1));
    transaction.atCommit(insert(2));
    throw thrown;
  });
  await expect(failing).rejects.toBe(thrown);
  expect(await stored()).toEqual([]);
});

it("leaves nothing when what was left for the commit fails, and says whose fault it was", async () => {
  const failing = work(async (transaction) => {
    await transaction.query(insert(1));
    transaction.atCommit(insert(2));
    transaction.atCommit(insert(2));
    transaction.atCommit(insert(3));
  });
  await expect(failing).rejects.toThrow(PermanentError);
  await expect(failing).rejects.toThrow(/^storing failed: duplicate key/);
  expect(await stored()).toEqual([]);
});

it("does not pretend to have committed when the work passed over a failure", async () => {
  const failing = work(async (transaction) => {
    await transaction.query(insert(1));
    await transaction.query(insert(1)).catch(() => {});
  });
  await expect(failing).rejects.toThrow("expected COMMIT, got ROLLBACK");
  expect(await stored()).toEqual([]);
});

it("leaves nothing when the connection dies in the middle, and works again with another one", async () => {
  const failing = work(async (transaction) => {
    await transaction.query(insert(1));
    await transaction.query({ text: "SELECT pg_terminate_backend(pg_backend_pid())" }).catch(() => {});
  });
  await expect(failing).rejects.toThrow(UnavailableError);
  expect(await stored()).toEqual([]);
  expect(pool.totalCount).toBe(1);
});

it("gives every connection back", async () => {
  for (let i = 0; i < 20; i++) {
    await work((transaction) => transaction.query(insert(i % 10))).catch(() => {});
  }
  expect(pool.idleCount).toBe(pool.totalCount);
  expect(await stored()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
