import { Client } from "pg";
import { expectExactly, until } from "./measure.ts";

/** Waits until the store holds so many points. @throws if it does not get there, or holds more */
export async function expectStored(
  { databaseUrl }: { databaseUrl: string },
  expected: number,
): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  let stored = 0;
  const isThere = async () => {
    const { rows } = await client.query<{ count: string }>("SELECT count(*) FROM points");
    stored = Number(rows[0]?.count);
    return stored >= expected;
  };
  await until(`${expected} points in the store`, isThere, { everyMs: 50 }).finally(() => client.end());
  expectExactly("points in the store", expected, stored);
}
