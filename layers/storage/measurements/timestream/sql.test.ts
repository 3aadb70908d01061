import { TrinoSQL } from "dt-sql-parser/dist/parser/trino/index.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyText, storableText } from "../../../../test/arbitraries.ts";
import { aggregations } from "../../../core/aggregation.ts";
import type { BucketQuery } from "../port.ts";
import { readBuckets } from "./read-buckets.ts";
import { readPoints } from "./read-points.ts";
import { double, identifier, microsIn, nanos, quoted } from "./sql.ts";

const grammar = new TrinoSQL();
const tokensOf = (sql: string) => grammar.getAllTokens(sql).map(({ type, text }) => ({ type, text }));
const STRING = tokensOf("''").at(0)?.type;

/** The statement with every text left empty. */
const shapeOf = (sql: string): string =>
  tokensOf(sql)
    .map(({ type, text }) => (type === STRING ? "''" : text))
    .join("");

/** What is asked of Timestream, which answers that there is nothing. */
async function sqlOf(ask: (query: never) => Promise<unknown>): Promise<string> {
  let sql = "";
  const client = {
    async send({ input }: { input: { QueryString: string } }) {
      sql = input.QueryString;
      return { Rows: [], ColumnInfo: [] };
    },
  };
  await ask(client as never);
  return sql;
}

const place = { database: "telemetry", tables: [7, 90], now: 1_800_000_000_000_000 };

describe("a literal", () => {
  it("is one token to Trino's grammar, whatever the text is, and means the text [NFR-009]", () => {
    fc.assert(
      fc.property(anyText(60), (text) => {
        const tokens = tokensOf(`SELECT ${quoted(text)}, 1`);
        expect(tokens.map(({ type }) => type)).toEqual(tokensOf("SELECT 'x', 1").map(({ type }) => type));
        const literal = tokens.find(({ type }) => type === STRING)?.text ?? "";
        expect(literal.slice(1, -1).replaceAll("''", "'")).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is a number of the same value", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(Number(double(number))).toBe(number === 0 ? 0 : number);
        expect(grammar.validate(`SELECT ${double(number)}`)).toEqual([]);
      }),
    );
  });

  it("is a time to the microsecond, there and back", () => {
    fc.assert(
      fc.property(fc.nat({ max: 9_007_199_254_740_991 }), (time) => {
        expect(microsIn(nanos(time))).toBe(time);
      }),
    );
  });

  it.each(['a"b', "a b", "", "a;b", "ä", "a".repeat(257)])("is never the name %j", (name) => {
    expect(() => identifier(name)).toThrow(TypeError);
  });
});

describe("a query", () => {
  const anyNames = (fill: fc.Arbitrary<string>) =>
    fc.record({
      devices: fc.array(fill, { maxLength: 3, minLength: 1 }),
      metrics: fc.array(fill, { maxLength: 3, minLength: 1 }),
      tags: fc.dictionary(fill, fill, { maxKeys: 2, minKeys: 1 }),
      cursor: fc
        .tuple(fc.nat(), fill, fill)
        .map((at) => Buffer.from(JSON.stringify(at)).toString("base64url")),
      min: fc.double({ noNaN: true, noDefaultInfinity: true }),
      acrossDevices: fc.boolean(),
      aggregation: fc.constantFrom(...aggregations),
      interval: fc.integer({ min: 1, max: 1e12 }),
    });

  const rest = { from: 0, to: place.now, limit: 10 };

  it("is sound to Trino's grammar, and is no other for the names that are asked for [NFR-009]", async () => {
    await fc.assert(
      fc.asyncProperty(anyNames(storableText(20)), async (asked) => {
        const harmless = {
          ...asked,
          devices: asked.devices.map((_, i) => `d${i}`),
          metrics: asked.metrics.map((_, i) => `m${i}`),
          tags: Object.fromEntries(Object.keys(asked.tags).map((_, i) => [`t${i}`, "v"])),
        };
        for (const read of [readPoints, readBuckets]) {
          const ask = (wanted: BucketQuery) => sqlOf((query) => read(query, place, wanted));
          const sql = await ask({ ...rest, ...asked });
          expect(grammar.validate(sql)).toEqual([]);
          expect(shapeOf(sql)).toBe(shapeOf(await ask({ ...rest, ...harmless })));
        }
      }),
      { numRuns: 60 },
    );
  });
});
