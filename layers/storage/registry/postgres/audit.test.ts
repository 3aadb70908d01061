import type { Socket } from "node:net";
import type pg from "pg";
import { escapeIdentifier } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Fresh, freshDatabase } from "../../../../test/fresh.ts";
import { verifyChain } from "../../../core/audit-check.ts";
import { microsOf } from "../../../core/time.ts";
import { openPool } from "../../postgres/pool.ts";
import { eventOf } from "../contract/samples.ts";
import type { Registry } from "../port.ts";
import { migrateRegistry } from "./migrate.ts";
import { openPostgresRegistry } from "./registry.ts";

const NOW = microsOf(Date.UTC(2026, 6, 7));

let database: Fresh;
let pool: pg.Pool;
let registry: Registry;

beforeEach(async () => {
  database = await freshDatabase();
  await migrateRegistry(database.url);
  pool = openPool(database.url);
  registry = openPostgresRegistry({ pool });
  await registry.audit.append([eventOf("a"), eventOf("b"), eventOf("c")], NOW);
});

afterEach(async () => {
  await pool.end();
  await database.drop();
});

const idsInAudit = async () =>
  (await registry.audit.list({ order: "oldest", limit: 1_000 })).entries.map(({ id }) => id);

describe("what is in the audit", () => {
  const changes = [
    "UPDATE audit_entries SET type = 'x'",
    "UPDATE audit_entries SET type = 'x' WHERE false",
    "DELETE FROM audit_entries WHERE position = 3",
    "TRUNCATE audit_entries",
    "INSERT INTO audit_entries SELECT * FROM audit_entries WHERE position = 1 ON CONFLICT (position) DO UPDATE SET type = 'x'",
    "SET LOCAL session_replication_role = replica; DELETE FROM audit_entries",
  ];

  it("stays: the application is refused whatever would change or remove it [BUS-19]", async () => {
    for (const change of changes) {
      await expect(pool.query(change), change).rejects.toMatchObject({
        code: "42501",
        message: expect.stringContaining("the audit is append-only"),
      });
    }
    expect(await idsInAudit()).toEqual(["a", "b", "c"]);
  });

  it("cannot be changed by a role of its own that may read and add [BUS-19]", async () => {
    const role = escapeIdentifier(`${database.name}_application`);
    await pool.query(`CREATE ROLE ${role}; GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO ${role}`);
    const asRole = (statement: string) => pool.query(`SET LOCAL ROLE ${role}; ${statement}`);
    try {
      await asRole(`
        INSERT INTO audit_entries
        SELECT 4, recorded_at, sha256('d'), source, 'd', type, time, correlation_id, userid, event, hash, sha256('h')
        FROM audit_entries WHERE position = 3`);
      expect(await idsInAudit()).toEqual(["a", "b", "c", "d"]);
      const forbidden = [
        ...changes,
        "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
        "DROP TABLE audit_entries",
      ];
      for (const change of forbidden) await expect(asRole(change)).rejects.toMatchObject({ code: "42501" });
      expect(await idsInAudit()).toEqual(["a", "b", "c", "d"]);
    } finally {
      await pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});

describe("two writers", () => {
  it("in two processes at once leave one chain [BUS-19]", async () => {
    const pools = [openPool(database.url), openPool(database.url)];
    const audits = pools.map((pool) => openPostgresRegistry({ pool }).audit);
    await Promise.all(
      Array.from({ length: 60 }, (_, i) => audits[i % 2]?.append([eventOf(`${i}`), eventOf(`${i}+`)], NOW)),
    );
    await Promise.all(pools.map((pool) => pool.end()));
    const { entries } = await registry.audit.list({ order: "oldest", limit: 1_000 });
    const check = verifyChain([]);
    expect(check.add(entries)).toBeUndefined();
    expect(check.head?.position).toBe(123);
  });

  it("cannot fork the chain even without the lock: the second is refused, and waits [BUS-19]", async () => {
    const bypassing = openPool(database.url);
    const rival = await pool.connect();
    const head = await registry.audit.head();
    await rival.query("BEGIN");
    await rival.query(
      `INSERT INTO audit_entries
       SELECT 1000, recorded_at, sha256('rival'), source, 'rival', type, time, correlation_id, userid, event,
         decode($1, 'hex'), sha256('rival') FROM audit_entries WHERE position = 3`,
      [head?.hash],
    );
    const appending = registry.audit.append([eventOf("d")], NOW);
    const refused = expect(appending).rejects.toMatchObject({
      name: "UnavailableError",
      code: "audit_contended",
    });
    await expect.poll(() => blockedAppends(bypassing)).toBe(1);
    await rival.query("COMMIT");
    rival.release();
    await refused;
    await bypassing.end();
    expect(await idsInAudit()).toEqual(["a", "b", "c", "rival"]);
  });
});

async function blockedAppends(asking: pg.Pool): Promise<number> {
  const { rows } = await asking.query(
    `SELECT FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO audit_entries%'`,
  );
  return rows.length;
}

it("appends a batch of 500 in two round trips", async () => {
  const watched = openPool(database.url, { max: 1 });
  const { audit } = openPostgresRegistry({ pool: watched });
  await audit.append([eventOf("connects")], NOW);
  const roundTrips = await countRoundTrips(watched, async () => {
    const events = Array.from({ length: 500 }, (_, i) => eventOf(`many-${i}`));
    expect(await audit.append(events, NOW)).toBe(500);
  });
  expect(roundTrips).toBe(2);
  await watched.end();
});

/** On a pool's only connection: how often something was sent and then answered. */
async function countRoundTrips(watched: pg.Pool, work: () => Promise<void>): Promise<number> {
  const client = await watched.connect();
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  client.release();
  let roundTrips = 0;
  let written = stream.bytesWritten;
  stream.on("data", () => {
    if (stream.bytesWritten > written) roundTrips++;
    written = stream.bytesWritten;
  });
  await work();
  return roundTrips;
}
