import { rm } from "node:fs/promises";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { startPostgres } from "../../../apps/local/services/postgres.ts";
import { type Fresh, freshDatabase } from "../../../test/fresh.ts";
import { temporaryHome } from "../../../test/temporary-home.ts";
import { UnavailableError } from "../../core/errors.ts";
import { openPool } from "../postgres/pool.ts";
import { DAY, entryOf, eventOf, HOUR, MIDNIGHT, newName, now, WHOLE_DAY } from "./contract/samples.ts";
import { describeLogs } from "./port.contract.ts";
import type { Logs } from "./port.ts";
import { openPostgresLogs } from "./postgres/logs.ts";
import { migrateLogs } from "./postgres/migrate.ts";

describeLogs("the logs in PostgreSQL", async () => {
  const database = await freshDatabase();
  await migrateLogs(database.url);
  const store = openPostgresLogs({ connectionString: database.url });
  return {
    store,
    caughtUp: async () => {},
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
});

describe("what is PostgreSQL's own", () => {
  let database: Fresh;
  let pool: pg.Pool;
  let store: Logs;

  beforeAll(async () => {
    database = await freshDatabase();
    await migrateLogs(database.url);
    pool = openPool(database.url, { max: 10 });
    store = openPostgresLogs({ pool });
  });

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const columnOf = async (text: string, values: unknown[] = []): Promise<unknown[]> =>
    (await pool.query({ text, values, rowMode: "array" })).rows.flat();

  const partitions = (table: string) =>
    columnOf("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1", [
      table,
    ]);

  const compact = (time: number) => new Date(time / 1_000).toISOString().slice(0, 10).replaceAll("-", "");

  it("finds at once what was written", () => {
    expect(store.capabilities).toEqual({ immediateSearch: true });
  });

  it("makes each partition once, whoever finds it missing at the same time", async () => {
    const stores = [1, 2, 3].map(() => openPostgresLogs({ pool }));
    const days = [1, 2, 3, 4].map((day) => MIDNIGHT - day * DAY);
    await Promise.all(
      stores.flatMap((store) => days.map((time) => store.entries.write([entryOf({ time })]))),
    );
    expect(await partitions("log_entries")).toEqual(
      days.toReversed().map((time) => `log_entries_${compact(time)}`),
    );
  });

  it("makes those of the coming days, so that nobody waits for one", async () => {
    await store.maintain(now());
    const before = await partitions("log_entries");
    await store.entries.write([entryOf({ time: now() }), entryOf({ time: now() + 23 * HOUR })]);
    expect(await partitions("log_entries")).toEqual(before);
  });

  it("drops those of which all has expired, and no other", async () => {
    const own = await freshDatabase();
    await migrateLogs(own.url);
    const store = openPostgresLogs({ connectionString: own.url });
    onTestFinished(async () => {
      await store.close();
      await own.drop();
    });
    const [entry, event] = [entryOf({ time: MIDNIGHT + HOUR }), eventOf({ at: MIDNIGHT + HOUR })];
    await store.entries.write([entry]);
    await store.events.write([event]);
    const count = async () => (await store.entries.search(WHOLE_DAY)).count;
    await store.maintain(MIDNIGHT + 32 * DAY - 1);
    expect(await count()).toBe(1);
    await store.maintain(MIDNIGHT + 32 * DAY);
    expect(await count()).toBe(0);
    expect(await store.events.withId(event.event.id)).toEqual([event]);
    await store.maintain(MIDNIGHT + (365 + 8) * DAY);
    expect(await store.events.withId(event.event.id)).toEqual([]);
  });

  it("never answers with what has expired, while its partition is still there", async () => {
    const [entry, event] = [
      entryOf({ service: newName("service") }),
      eventOf({ source: `/${newName("s")}` }),
    ];
    await store.entries.write([entry]);
    await store.events.write([event]);
    const { source, id } = event.event;
    const at = (days: number) =>
      openPostgresLogs({ pool, clock: { now: () => MIDNIGHT / 1_000 + days * 86_400_000 + 1 } });
    const search = { ...WHOLE_DAY, service: entry.service };
    expect((await at(29).entries.search(search)).count).toBe(1);
    expect((await at(30).entries.search(search)).count).toBe(0);
    expect(await at(364).events.find([{ source, id }])).toEqual([event]);
    expect(await at(365).events.find([{ source, id }])).toEqual([]);
  });

  it("keeps as long as it is told to", async () => {
    const short = openPostgresLogs({ pool, logRetentionDays: 1, archiveRetentionDays: 2 });
    const [entry, event] = [
      entryOf({ service: newName("service") }),
      eventOf({ source: `/${newName("s")}` }),
    ];
    await store.entries.write([entry]);
    await store.events.write([event]);
    expect((await short.entries.search({ ...WHOLE_DAY, service: entry.service })).count).toBe(0);
    expect((await short.events.search({ ...WHOLE_DAY, source: event.event.source })).count).toBe(0);
  });

  it("makes none for what has expired already", async () => {
    const before = await partitions("log_entries");
    await store.entries.write([entryOf({ time: now() - 1_000 * DAY })]);
    expect(await partitions("log_entries")).toEqual(before);
  });

  it("makes one again that was dropped behind its back", async () => {
    const entry = entryOf({ service: newName("service") });
    await store.entries.write([entry]);
    await pool.query(`DROP TABLE log_entries_${compact(MIDNIGHT)}`);
    await expect(store.entries.write([entry])).rejects.toThrow(UnavailableError);
    await store.entries.write([entry]);
    expect((await store.entries.search({ ...WHOLE_DAY, service: entry.service })).entries).toEqual([entry]);
  });

  it("reads no more than the partitions of the time that is asked for, and finds words by their index", async () => {
    const entries = Array.from({ length: 3_000 }, (_, i) =>
      entryOf({ time: MIDNIGHT + i, message: `word${i} common` }),
    );
    await store.entries.write(entries);
    await pool.query(`ANALYZE log_entries_${compact(MIDNIGHT)}`);
    const text = `EXPLAIN SELECT id FROM log_entries WHERE time >= $1 AND time < $2 AND words @@ $3::tsquery`;
    const plan = (await columnOf(text, [MIDNIGHT, MIDNIGHT + DAY, "word17"])).join("\n");
    expect(new Set(plan.match(/log_entries_\d+/g))).toEqual(new Set([`log_entries_${compact(MIDNIGHT)}`]));
    expect(plan).toMatch(/Bitmap Index Scan on log_entries_\d+_words_idx/);
  });

  it("says that the store is unavailable, whatever is asked, when nobody listens", async () => {
    const nobody = openPostgresLogs({ connectionString: "postgres://nobody@127.0.0.1:1/nothing" });
    const asked = [
      nobody.entries.write([entryOf({})]),
      nobody.entries.search(WHOLE_DAY),
      nobody.events.write([eventOf({})]),
      nobody.events.search(WHOLE_DAY),
      nobody.events.withId("1"),
      nobody.events.find([{ source: "/s", id: "1" }]),
      nobody.events.childrenOf([{ source: "/s", id: "1" }], 1),
      nobody.maintain(now()),
      nobody.check(),
    ];
    for (const end of await Promise.allSettled(asked)) {
      expect(end).toMatchObject({ reason: expect.any(UnavailableError) });
    }
    await nobody.close();
  });

  it("leaves a pool that it was given to its owner", async () => {
    await openPostgresLogs({ pool }).close();
    await expect(store.check()).resolves.toBeUndefined();
  });

  it("can be brought up to date again with data in it", async () => {
    const entry = entryOf({ service: newName("service") });
    await store.entries.write([entry]);
    await migrateLogs(database.url);
    expect((await store.entries.search({ ...WHOLE_DAY, service: entry.service })).entries).toEqual([entry]);
  });
});

it("has everything it said was written, and goes on, when the server is killed and comes back", async () => {
  const home = await temporaryHome();
  let server = await startPostgres({ home });
  onTestFinished(async () => {
    await server.kill("SIGKILL");
    await rm(home, { recursive: true, force: true });
  });
  await migrateLogs(server.url);
  const store = openPostgresLogs({ connectionString: server.url });
  const [before, after] = [entryOf({ time: MIDNIGHT + 1 }), entryOf({})];
  await store.entries.write([before]);
  await server.kill("SIGKILL");
  await expect(store.entries.write([entryOf({})])).rejects.toThrow(UnavailableError);
  server = await startPostgres({ home });
  await store.entries.write([after]);
  expect((await store.entries.search(WHOLE_DAY)).entries).toEqual([before, after]);
  await store.close();
});
