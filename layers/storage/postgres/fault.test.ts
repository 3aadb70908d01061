import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Fresh, freshDatabase } from "../../../test/fresh.ts";
import { PermanentError, RefusedError, UnavailableError } from "../../core/errors.ts";
import { storageError } from "./fault.ts";

let database: Fresh;
let client: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`
    CREATE TABLE things (id integer PRIMARY KEY, size integer CHECK (size > 0));
    INSERT INTO things VALUES (1, 1);
    CREATE TABLE days (day date) PARTITION BY RANGE (day);`);
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

const faultOf = (statement: string) =>
  client.query(statement).then(
    () => expect.unreachable(),
    (cause) => storageError(cause, "storing a thing"),
  );

it.each([
  ["a number out of range", "INSERT INTO things VALUES (99999999999, 1)", "22003"],
  ["text that is no number", "INSERT INTO things VALUES ('x', 1)", "22P02"],
  ["a division by zero", "SELECT 1 / 0", "22012"],
  ["a key that exists", "INSERT INTO things VALUES (1, 1)", "23505"],
  ["a check that fails", "INSERT INTO things VALUES (2, 0)", "23514"],
  ["a value that is missing", "INSERT INTO things VALUES (NULL, 1)", "23502"],
])("blames the data for %s", async (_, statement, sqlState) => {
  const fault = await faultOf(statement);
  expect(fault).toBeInstanceOf(PermanentError);
  expect(fault.code).toBe("data_refused");
  expect(fault.message).toMatch(/^storing a thing failed: /);
  expect(fault.message).toContain(`SQLSTATE ${sqlState}`);
  expect(fault.cause).toBeInstanceOf(pg.DatabaseError);
});

it.each([
  ["a table that is missing", "SELECT * FROM nothing"],
  ["a partition that is missing", "INSERT INTO days VALUES ('2026-07-07')"],
  ["a statement that took too long", "SET statement_timeout = 20; SELECT pg_sleep(60)"],
])("blames the store for %s", async (_, statement) => {
  const fault = await faultOf(statement);
  await client.query("RESET statement_timeout");
  expect(fault).toBeInstanceOf(UnavailableError);
  expect(fault.code).toBe("store_unavailable");
});

it("blames the store when nobody listens, and says what came", async () => {
  const nobody = new pg.Client({ connectionString: "postgres://localhost:1/nothing" });
  const cause = await nobody.connect().then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
  const fault = storageError(cause, "storing a thing");
  expect(fault).toBeInstanceOf(UnavailableError);
  expect(fault.message).toContain("ECONNREFUSED");
});

it("blames the store for what it does not know", () => {
  expect(storageError("odd", "storing a thing")).toBeInstanceOf(UnavailableError);
  expect(storageError(Object.assign(new Error("not PostgreSQL's"), { code: "23505" }), "x")).toBeInstanceOf(
    UnavailableError,
  );
});

it("lets errors of our own family pass unchanged", () => {
  for (const error of [new PermanentError("a"), new UnavailableError("b"), new RefusedError(409, "c")]) {
    expect(storageError(error, "storing a thing")).toBe(error);
  }
});
