import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type Fresh, freshDatabase } from "../../../test/fresh.ts";
import { UnavailableError } from "../../core/errors.ts";
import { migrate } from "./migrate.ts";

let database: Fresh;
let directory: string;

beforeAll(async () => {
  database = await freshDatabase();
});

beforeEach(async () => {
  await query("DROP SCHEMA public CASCADE");
  await query("CREATE SCHEMA public");
  directory = await mkdtemp(join(tmpdir(), "migrations [of] a {set}-"));
});

afterEach(() => rm(directory, { recursive: true }));
afterAll(() => database.drop());

const write = (file: string, sql: string) => writeFile(join(directory, file), sql);

const bringUp = (from: string | URL = directory, table = "things_schema") =>
  migrate({ connectionString: database.url, directory: from, table });

async function query(text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query({ text, rowMode: "array" });
    return rows.flat();
  } finally {
    await client.end();
  }
}

it("runs what is new, in order, once", async () => {
  await write("002.do.more.sql", "INSERT INTO things VALUES (2);");
  await write("001.do.things.sql", "CREATE TABLE things (id integer); INSERT INTO things VALUES (1);");
  await bringUp();
  await write("010.do.even-more.sql", "INSERT INTO things VALUES (10);");
  await bringUp();
  await bringUp(pathToFileURL(directory));
  expect(await query("SELECT id FROM things")).toEqual([1, 2, 10]);
  expect(await query("SELECT version::int FROM things_schema ORDER BY 1")).toEqual([0, 1, 2, 10]);
});

it("lets several start it at once", async () => {
  await write("001.do.things.sql", "CREATE TABLE things (id integer); INSERT INTO things VALUES (1);");
  await Promise.all(Array.from({ length: 5 }, () => bringUp()));
  expect(await query("SELECT id FROM things")).toEqual([1]);
});

it("leaves the database as it was when a statement fails", async () => {
  await write("001.do.things.sql", "CREATE TABLE things (id integer);");
  await write("002.do.wrong.sql", "CREATE TABLE others (id integer); INSERT INTO things VALUES ('x');");
  await expect(bringUp()).rejects.toThrow(/^migrating things_schema failed: invalid input syntax/);
  expect(
    await query("SELECT to_regclass('things'), to_regclass('others'), to_regclass('things_schema')"),
  ).toEqual([null, null, null]);
  await write("002.do.wrong.sql", "INSERT INTO things VALUES (2);");
  await bringUp();
  expect(await query("SELECT id FROM things")).toEqual([2]);
});

it("keeps the sets of one database apart", async () => {
  await write(
    "001.do.things.sql",
    "CREATE TABLE IF NOT EXISTS things (id integer); INSERT INTO things VALUES (1);",
  );
  await bringUp(directory, "one_schema");
  await bringUp(directory, "other_schema");
  expect(await query("SELECT id FROM things")).toEqual([1, 1]);
});

it("leaves a database alone that is ahead of the files", async () => {
  await write("001.do.things.sql", "CREATE TABLE things (id integer);");
  await write("002.do.more.sql", "INSERT INTO things VALUES (2);");
  await bringUp();
  await rm(join(directory, "002.do.more.sql"));
  await bringUp();
  expect(await query("SELECT id FROM things")).toEqual([2]);
});

it("refuses a file that changed after it was applied, but for its line ends", async () => {
  await write("001.do.things.sql", "CREATE TABLE\nthings (id integer);");
  await bringUp();
  await write("001.do.things.sql", "CREATE TABLE\r\nthings (id integer);");
  await bringUp();
  await write("001.do.things.sql", "CREATE TABLE\nthings (id bigint);");
  await expect(bringUp()).rejects.toThrow(/MD5 checksum failed for migration \[1\]/);
});

it("complains when there is nothing to run: a bundle that forgot the files", async () => {
  const failing = bringUp();
  await expect(failing).rejects.toThrow(UnavailableError);
  await expect(failing).rejects.toThrow(/expected files such as 001.do.name.sql in .*, found none/);
});
