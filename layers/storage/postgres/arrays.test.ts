import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Fresh, freshDatabase } from "../../../test/fresh.ts";
import { isStorable } from "../../core/json.ts";
import { booleanArray, numberArray, textArray } from "./arrays.ts";

let database: Fresh;
let client: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

/** What PostgreSQL reads from a literal, one row per element. */
async function readBack(literal: string, type: "text" | "float8" | "bigint" | "boolean"): Promise<unknown[]> {
  const { rows } = await client.query({
    text: `SELECT element FROM unnest($1::${type}[]) WITH ORDINALITY AS given (element, place) ORDER BY place`,
    values: [literal],
    rowMode: "array",
  });
  return rows.map(([element]) => element);
}

it("writes a text that says NULL as a text, and no text as none", async () => {
  const texts = ["NULL", null, "null", undefined, "", " "];
  expect(textArray(texts)).toBe('{"NULL",NULL,"null",NULL,""," "}');
  expect(await readBack(textArray(texts), "text")).toEqual(["NULL", null, "null", null, "", " "]);
});

it("escapes quotes and backslashes, and nothing else", async () => {
  const texts = ['a"b', "a\\b", String.raw`\"`, "{a,b}", "line\nbreak", "😀", "'"];
  expect(await readBack(textArray(texts), "text")).toEqual(texts);
});

it("writes what is true, false or neither", async () => {
  const values = [true, null, false];
  expect(await readBack(booleanArray(values), "boolean")).toEqual(values);
});

it("writes nothing at all as an empty array", async () => {
  expect(await readBack(textArray([]), "text")).toEqual([]);
  expect(await readBack(numberArray([]), "float8")).toEqual([]);
});

it("writes integers exactly up to the largest that a number holds", async () => {
  const integers = [0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, null];
  const readAsText = integers.map((integer) => (integer === null ? null : String(integer)));
  expect(await readBack(numberArray(integers), "bigint")).toEqual(readAsText);
});

it("gives every text back as it was", async () => {
  const storable = fc.string({ unit: "binary" }).filter(isStorable);
  const special = fc.constantFrom("NULL", "\\", '"', "{}", ",", "");
  const texts = fc.array(fc.option(fc.oneof(storable, special)));
  await fc.assert(
    fc.asyncProperty(texts, async (given) => {
      expect(await readBack(textArray(given), "text")).toEqual(given);
    }),
  );
});

it("gives every number back as it was", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(fc.double())), async (given) => {
      const withoutNegativeZero = given.map((number) => (number === null ? null : number + 0));
      expect(await readBack(numberArray(given), "float8")).toEqual(withoutNegativeZero);
    }),
  );
});
