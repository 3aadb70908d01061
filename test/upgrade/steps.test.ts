import pg from "pg";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Fresh, freshDatabase } from "../fresh.ts";
import { allRows, missingFrom } from "./rows.ts";
import { seeds } from "./seeds.ts";
import { migrateTo, type SchemaSet, sets, versionsOf } from "./sets.ts";

let database: Fresh;
let client: pg.Client;

beforeEach(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});

afterEach(async () => {
  await client.end();
  await database.drop();
});

const emptyTables = async (): Promise<string[]> =>
  [...(await allRows(client))].filter(([, rows]) => rows.length === 0).map(([table]) => table);

/** Nothing can be in these at the version that makes them. */
const emptyAtFirst = new Set(["counted_points", "inbox_batches"]);

it.each(sets)(
  "%s: each migration leaves every row of the version before as it was [AWS-02]",
  async (set: SchemaSet) => {
    for (const version of await versionsOf(set)) {
      const before = await allRows(client);
      await migrateTo(database.url, set, version);
      expect(
        missingFrom(await allRows(client), before),
        `rows that version ${version} lost or changed`,
      ).toEqual([]);
      await client.query(seeds[set][version] ?? fail(set, version));
      expect((await emptyTables()).filter((table) => !emptyAtFirst.has(table))).toEqual([]);
    }
  },
);

function fail(set: SchemaSet, version: number): never {
  throw new Error(`test/upgrade/seeds.ts has no rows for version ${version} of ${set}`);
}
