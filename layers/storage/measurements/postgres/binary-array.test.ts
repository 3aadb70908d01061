import fc from "fast-check";
import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { storableText } from "../../../../test/arbitraries.ts";
import { type Fresh, freshDatabase } from "../../../../test/fresh.ts";
import { openPool } from "../../postgres/pool.ts";
import { BinaryArray } from "./binary-array.ts";

let database: Fresh;
let pool: pg.Pool;

beforeAll(async () => {
  database = await freshDatabase();
  pool = openPool(database.url);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

type ElementType = ConstructorParameters<typeof BinaryArray>[0];

/** What PostgreSQL understood, element by element, as its own text. */
async function understood(type: ElementType, array: BinaryArray): Promise<(string | null)[]> {
  const text = `SELECT ARRAY(SELECT element::text FROM unnest($1::${type}[]) WITH ORDINALITY AS e (element, i) ORDER BY i) AS texts`;
  const { rows } = await pool.query<{ texts: (string | null)[] }>(text, [array.parameter()]);
  return rows[0]?.texts ?? [];
}

function arrayOf<Value>(
  type: ElementType,
  values: readonly (Value | null)[],
  write: (array: BinaryArray, value: Value) => void,
): BinaryArray {
  const array = new BinaryArray(type, 1);
  for (const value of values) {
    if (value === null) array.null();
    else write(array, value);
  }
  return array;
}

/** At least one that is not null, and with nulls among them or without. */
const elements = <Value>(value: fc.Arbitrary<Value>) =>
  fc
    .tuple(value, fc.array(fc.option(value, { freq: 4 }), { maxLength: 30 }))
    .map(([first, rest]) => [first, ...rest]);

const integer = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });

const numbers = [
  { type: "int2", value: integer(16), write: (array: BinaryArray, value: number) => array.int2(value) },
  { type: "int4", value: integer(32), write: (array: BinaryArray, value: number) => array.int4(value) },
  {
    type: "int8",
    value: fc.maxSafeInteger(),
    write: (array: BinaryArray, value: number) => array.int8(value),
  },
  {
    type: "float8",
    value: fc.double({ noNaN: true, noDefaultInfinity: true }),
    write: (array: BinaryArray, value: number) => array.float8(value),
  },
] as const;

it.each(numbers)("carries any $type, and nulls, exactly", async ({ type, value, write }) => {
  await fc.assert(
    fc.asyncProperty(elements(value), async (values) => {
      const texts = await understood(type, arrayOf(type, values, write));
      const read = texts.map((text) => (text === null ? null : Number(text)));
      expect(read.map(sign)).toEqual(values.map(sign));
    }),
  );
});

it("carries any text, and nulls, exactly", async () => {
  await fc.assert(
    fc.asyncProperty(elements(storableText()), async (values) => {
      const array = arrayOf("text", values, (array, value) => array.text(value));
      expect(await understood("text", array)).toEqual(values);
    }),
  );
});

it("carries JSON of any kind", async () => {
  const documents = [{ a: ['"', "\\", "é😀"] }, [], "text", 'quoted "text"', true, 1.5, null];
  const array = arrayOf("jsonb", documents, (array, value) => array.jsonb(value));
  const texts = await understood("jsonb", array);
  expect(texts.map((text) => (text === null ? null : JSON.parse(text)))).toEqual(documents);
});

it("is null when it holds nothing, or nothing but nulls", () => {
  const array = new BinaryArray("text", 10);
  expect(array.parameter()).toBeNull();
  array.null();
  array.null();
  expect(array.parameter()).toBeNull();
});

/** Tells -0 from 0, which `toEqual` does of numbers in arrays, and reads the same for all others. */
const sign = (value: number | null) => (value === null ? null : Object.is(value, -0) ? "-0" : value);
