import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fresh, freshDatabase } from "../../../test/fresh.ts";
import { systemClock } from "../../core/clock.ts";
import { UnavailableError } from "../../core/errors.ts";
import { sha256 } from "../../core/ids.ts";
import { microsOf } from "../../core/time.ts";
import { openPool } from "../postgres/pool.ts";
import { channelNamed } from "./contract/notification-samples.ts";
import {
  BEFORE_MIDNIGHT,
  counted,
  countFresh,
  countOnce,
  DAY_MS,
  drained,
  entry,
  eventOf,
  manualClock,
  QUEUE,
} from "./contract/samples.ts";
import { registryContract } from "./port.contract.ts";
import type { Registry } from "./port.ts";
import { migrateRegistry } from "./postgres/migrate.ts";
import { openPostgresRegistry } from "./postgres/registry.ts";

const TABLES =
  "api_keys, devices, device_lives, usage_counts, usage_durations, inbox_events, inbox_batches, outbox, dead_letters";

const ALERTING =
  "alert_rules, alert_rule_triggers, alerts, alert_pairs, historical_breaches, silences, device_groups";

/** The audit lets nobody clear it. */
const CLEAR_AUDIT = `
  ALTER TABLE audit_entries DISABLE TRIGGER ALL;
  TRUNCATE audit_entries;
  ALTER TABLE audit_entries ENABLE ALWAYS TRIGGER audit_entries_are_kept`;

describe("the registry in PostgreSQL", () => {
  registryContract(async () => {
    const database = await freshDatabase();
    await migrateRegistry(database.url);
    const pool = openPool(database.url);
    return {
      open: (clock) => openPostgresRegistry({ connectionString: database.url, clock }),
      clear: async () => {
        await pool.query(`TRUNCATE ${TABLES}`);
        await pool.query("TRUNCATE channels, notifications, notification_groups");
        await pool.query(`TRUNCATE ${ALERTING}`);
        await pool.query("TRUNCATE metric_definitions, known_metrics");
        await pool.query("TRUNCATE subscriptions CASCADE");
        await pool.query(CLEAR_AUDIT);
      },
      discard: async () => {
        await pool.end();
        await database.drop();
      },
    };
  });
});

describe("what is PostgreSQL's own", () => {
  let database: Fresh;
  let pool: pg.Pool;
  let registry: Registry;

  beforeAll(async () => {
    database = await freshDatabase();
    await migrateRegistry(database.url);
    pool = openPool(database.url);
    registry = openPostgresRegistry({ pool });
  });

  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const columnOf = async (text: string, values: unknown[] = []): Promise<unknown[]> =>
    (await pool.query({ text, values, rowMode: "array" })).rows.flat();

  const partitionsOf = (table: string) =>
    columnOf("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1", [
      table,
    ]);

  it("leaves nothing when the connection is killed in the middle of an effect [BUS-08]", async () => {
    const victim = openPool(database.url, { applicationName: "victim", max: 1 });
    const killed = openPostgresRegistry({ pool: victim });
    const failing = killed.inbox.once(
      QUEUE,
      [entry("a", Date.now())],
      { kind: "events" },
      async (verdicts, effects) => {
        await countFresh(QUEUE)(verdicts, effects);
        await effects.announce([eventOf("follows")]);
        await pool.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'",
        );
      },
    );
    await expect(failing).rejects.toThrow(UnavailableError);
    expect(await counted(registry)).toBe(0);
    expect(await drained(registry)).toEqual([]);
    expect(await countOnce(killed.inbox, [entry("a", Date.now())])).toEqual(["fresh"]);
    await victim.end();
  });

  it("says that the store is unavailable, whatever is asked, when nobody listens", async () => {
    const nobody = openPostgresRegistry({ connectionString: "postgres://127.0.0.1:1/nothing" });
    const { keys, devices, usage, inbox, outbox, deadLetters, audit } = nobody;
    const range = { from: 0, to: 1 };
    const key = { keyId: "k", name: "n", scopes: [], hash: sha256("k"), createdAt: 0 };
    const asked = [
      () => nobody.check(),
      () => keys.create(key),
      () => keys.replace(key),
      () => keys.find("k"),
      () => keys.list(),
      () => keys.revoke("k", 0),
      () => devices.seen([{ deviceId: "d", at: 0 }]),
      () => devices.find("d"),
      () => devices.list({ limit: 1, offset: 0 }),
      () => devices.describe({ deviceId: "d" }, 0),
      () => devices.counts(0),
      () => nobody.deviceLives.registered("d", 0),
      () => nobody.deviceLives.changedSince(0),
      () => nobody.deviceLives.erasing(0, 1),
      () => nobody.deviceLives.erased({ deviceId: "d", deletedAt: 0, before: 0, since: 0 }),
      () => keys.revokeOf("u", 0),
      () => usage.counts(range),
      () => usage.durations(range),
      () => usage.hourly(range),
      () => inbox.once(QUEUE, [], { kind: "events" }, async () => {}),
      () => inbox.remembered(QUEUE, ["a"]),
      () => inbox.remember(QUEUE, ["a"]),
      () => inbox.maintain(microsOf(Date.now())),
      () => outbox.add([eventOf("e")]),
      () => outbox.drain(async () => {}, 1),
      () => nobody.channels.list(),
      () => nobody.channels.replace(channelNamed("ops")),
      () => nobody.channels.remove("ops", 0),
      () => nobody.notifications.toldOf(["i"]),
      () => nobody.notifications.waiting(0),
      () => nobody.notifications.claim("ops", 0, 1),
      () => nobody.notifications.settle(1, { state: "sent", detail: "" }, 0),
      () => nobody.notifications.endWindows(0),
      () => nobody.notifications.expire(0, 0),
      () => nobody.notifications.forget(0),
      () => nobody.notifications.list("ops", { limit: 1, offset: 0 }),
      () => nobody.definitions.find("cpu"),
      () => nobody.definitions.list({ limit: 1, offset: 0 }),
      () => nobody.definitions.remove("cpu", 1),
      () => nobody.definitions.changes(0, 1),
      () => nobody.subscriptions.find("s"),
      () => nobody.subscriptions.remove("s"),
      () => nobody.subscriptions.leaveDevice("d"),
      () => nobody.subscriptions.expire(0),
      () => nobody.connections.mark(),
      () => nobody.connections.live(),
      () => nobody.connections.close("c", 0),
      () => deadLetters.list({}, { limit: 1, offset: 0 }),
      () => deadLetters.find("d"),
      () => deadLetters.body("d"),
      () => deadLetters.counts(),
      () => deadLetters.plan({ asOf: 1 }),
      () => deadLetters.replay({ asOf: 1 }, { queues: [], limit: 1, maxBytes: 1, now: 1 }, async () => {}),
      () => deadLetters.discard("d", { note: "n", now: 1 }),
      () => audit.append([eventOf("e")], 0),
      () => audit.list({ order: "oldest", limit: 1 }),
      () => audit.head(),
    ];
    for (const ask of asked) await expect(ask()).rejects.toMatchObject({ code: "store_unavailable" });
    await nobody.close();
  });

  it("makes the partitions of the coming days and drops those beyond the windows", async () => {
    const { inbox } = openPostgresRegistry({ pool });
    const names = (table: string, ...days: string[]) => days.map((day) => `${table}_${day}`);
    await pool.query(`CREATE TABLE inbox_events_20260701 (PRIMARY KEY (id)) INHERITS (inbox_events)`);
    await inbox.maintain(microsOf(BEFORE_MIDNIGHT));
    expect(await partitionsOf("inbox_events")).toEqual(
      expect.arrayContaining(names("inbox_events", "20260707", "20260708", "20260709")),
    );
    expect(await partitionsOf("inbox_batches")).toEqual(
      expect.arrayContaining(names("inbox_batches", "20260702", "20260709")),
    );
    expect(await partitionsOf("inbox_events")).not.toContain("inbox_events_20260701");
    await inbox.maintain(microsOf(BEFORE_MIDNIGHT + 5 * DAY_MS));
    expect(await partitionsOf("inbox_events")).toContain("inbox_events_20260707");
    await inbox.maintain(microsOf(BEFORE_MIDNIGHT + 6 * DAY_MS));
    expect(await partitionsOf("inbox_events")).not.toContain("inbox_events_20260707");
    expect(await partitionsOf("inbox_batches")).toContain("inbox_batches_20260702");
  });

  it("makes a partition again that went missing beneath it", async () => {
    const clock = manualClock(BEFORE_MIDNIGHT + 100 * DAY_MS);
    const { inbox } = openPostgresRegistry({ pool, clock });
    const entries = [entry("a", clock.now())];
    await countOnce(inbox, entries, "lost");
    await pool.query("DROP TABLE inbox_events_20261015");
    await expect(countOnce(inbox, entries, "lost")).rejects.toThrow(UnavailableError);
    expect(await countOnce(inbox, entries, "lost")).toEqual(["fresh"]);
  });

  it("neither writes nor locks anything for a device that was seen within the minute", async () => {
    const state = () => columnOf("SELECT (xmin, xmax, ctid)::text FROM devices WHERE device_id = 'quiet'");
    const seen = (ms: number) => registry.devices.seen([{ deviceId: "quiet", at: microsOf(ms) }]);
    await seen(BEFORE_MIDNIGHT);
    const before = await state();
    await seen(BEFORE_MIDNIGHT + 59_000);
    expect(await state()).toEqual(before);
    await seen(BEFORE_MIDNIGHT + 61_000);
    expect(await state()).not.toEqual(before);
  });

  it("leaves a pool that it was given to its owner", async () => {
    await openPostgresRegistry({ pool, clock: systemClock }).close();
    await expect(registry.check()).resolves.toBeUndefined();
  });

  it("can be brought up to date again with data in it", async () => {
    await registry.outbox.add([eventOf("kept")]);
    await migrateRegistry(database.url);
    expect(await drained(registry)).toEqual(["kept"]);
  });
});
