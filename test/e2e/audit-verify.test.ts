import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { required } from "../../apps/local/functions.ts";
import { chainOf, type SealedHead } from "../../layers/core/audit.ts";
import type { Event } from "../../layers/core/envelope.ts";
import { microsOf } from "../../layers/core/time.ts";
import { auditOf, modelEvent } from "../audit.ts";
import { type Platform, startPlatform } from "../platform.ts";
import { at } from "../points.ts";
import { silentLogger } from "../silent-logger.ts";
import { telemetry } from "../telemetry.ts";

let platform: Platform;
let audit: ReturnType<typeof auditOf>;
let database: Client;
let env: Record<string, string>;
/** Of the sealed heads, made when the audit was whole. */
let keptHeads: string;
const reported: unknown[] = [];

const seal = () => required(platform.runtime.functions.schedule, "seal-audit")();
const sealedHeads = async () =>
  (await platform.get<{ heads: SealedHead[] }>("/api/v1/audit/heads")).body.heads;

beforeAll(async () => {
  const logger = { ...silentLogger, error: (_: string, details?: object) => void reported.push(details) };
  platform = await startPlatform({ logger });
  audit = auditOf(platform);
  env = { TELEMETRY_URL: platform.url, TELEMETRY_API_KEY: platform.apiKey };
  database = new Client({ connectionString: platform.databaseUrl });
  await database.connect();
  await audit.send(Array.from({ length: 10 }, (_, i) => modelEvent(`e${i + 1}`)));
  await audit.recorded(10);
  await seal();
  await audit.send(Array.from({ length: 10 }, (_, i) => modelEvent(`e${i + 11}`)));
  await audit.recorded(20);
  await seal();
  await audit.send([modelEvent("e21"), modelEvent("e22")]);
  await audit.recorded(22);
  keptHeads = join(platform.home, "kept.ndjson");
  await copyFile(join(platform.home, "audit-heads", "heads.ndjson"), keptHeads);
  await database.query("CREATE TABLE whole AS SELECT * FROM audit_entries");
});

afterAll(async () => {
  await database.end();
  await platform.stop();
});

/** Past the triggers, as only the tables' owner or a superuser can. */
const tamper = (statements: string) =>
  database.query(`
    ALTER TABLE audit_entries DISABLE TRIGGER ALL;
    ${statements};
    ALTER TABLE audit_entries ENABLE ALWAYS TRIGGER audit_entries_are_kept`);

const restore = () => tamper("TRUNCATE audit_entries; INSERT INTO audit_entries SELECT * FROM whole");

async function verify(...args: string[]): Promise<{ code: number | null; out: string }> {
  const { code, out } = await telemetry(["audit", "verify", ...args], { env });
  return { code, out };
}

const wrong = (...parts: string[]) => ({
  code: 1,
  out: expect.stringMatching(new RegExp(parts.join(".*"))),
});

describe("telemetry audit verify", () => {
  afterEach(restore);

  it("says that the audit is whole, how long it is and how far it is sealed [BUS-19]", async () => {
    const { head } = await audit.read();
    const { code, out } = await verify("--heads", keptHeads);
    expect(out).toBe(
      `ok: 22 entries, head ${head?.hash}, recorded at ${head?.recorded_at}; sealed up to 20\n`,
    );
    expect(code).toBe(0);
  });

  it("names an entry that was changed [BUS-19]", async () => {
    await tamper(`UPDATE audit_entries SET event = replace(event::text, 'as it was', 'never')::json
      WHERE position = 7`);
    expect(await verify()).toEqual(wrong("^position 7 is wrong: changed"));
    await restore();
    await tamper("UPDATE audit_entries SET userid = 'key_somebody' WHERE position = 22");
    expect(await verify()).toEqual(wrong("^position 22 is wrong: changed"));
  });

  it("names an entry that was removed [BUS-19]", async () => {
    await tamper("DELETE FROM audit_entries WHERE position = 7");
    expect(await verify()).toEqual(wrong("^position 7 is wrong: missing", "8 comes next"));
  });

  it("names an end that was cut off, by the sealed head beyond it [BUS-19]", async () => {
    await tamper("DELETE FROM audit_entries WHERE position > 15");
    expect(await verify()).toEqual(wrong("^position 16 is wrong: truncated", "ends at 15", "position 20"));
    await tamper("TRUNCATE audit_entries");
    expect(await verify()).toEqual(wrong("^position 1 is wrong: truncated", "position 10"));
  });

  it("names entries that were swapped [BUS-19]", async () => {
    await tamper(`
      UPDATE audit_entries SET position = 1000 WHERE position = 5;
      UPDATE audit_entries SET position = 5 WHERE position = 9;
      UPDATE audit_entries SET position = 9 WHERE position = 1000`);
    expect(await verify()).toEqual(wrong("^position 5 is wrong: reordered", "of position 9"));
  });

  /** Changes an entry and hashes it and all behind it anew, as one does who knows how. */
  async function rewriteFrom(position: number): Promise<void> {
    const { entries } = await audit.read("?limit=1000");
    const before = entries[position - 2];
    const events = entries.slice(position - 1).map(({ event }) => event);
    events[0] = { ...(events[0] as Event), data: { model_id: "another" } };
    const recordedAt = entries[position - 1]?.recorded_at ?? "";
    const [{ recorded_at }] = (
      await database.query("SELECT recorded_at FROM audit_entries WHERE position = $1", [position])
    ).rows;
    await tamper(`DELETE FROM audit_entries WHERE position >= ${position}`);
    for (const entry of chainOf(events, { after: before, recordedAt })) {
      await database.query(
        `INSERT INTO audit_entries
         SELECT position, $2, identity, source, id, type, time, correlation_id, userid, $3,
           decode($4, 'hex'), decode($5, 'hex')
         FROM whole WHERE position = $1`,
        [entry.position, recorded_at, JSON.stringify(entry.event), entry.previous_hash, entry.hash],
      );
    }
  }

  it("finds by the sealed heads an audit that was hashed anew from a change on [BUS-19]", async () => {
    await rewriteFrom(14);
    expect(await verify()).toEqual(wrong("^position 20 is wrong: forked", "something from 11 to here"));
  });

  it("finds by a copy kept elsewhere what somebody did who rules the sealed heads too [BUS-19]", async () => {
    await rewriteFrom(14);
    const file = join(platform.home, "audit-heads", "heads.ndjson");
    const sealed = await readFile(file, "utf8");
    await writeFile(file, `${sealed.split("\n")[0]}\n`);
    expect((await verify()).code).toBe(0);
    expect(await verify("--heads", keptHeads)).toEqual(wrong("^position 20 is wrong: forked"));
    await writeFile(file, sealed);
  });

  it("reads an audit and heads of any length, page by page [BUS-19]", async () => {
    const { registry, sealed } = platform.runtime.dependencies;
    const file = join(platform.home, "audit-heads", "heads.ndjson");
    const kept = await readFile(file, "utf8");
    const events = Array.from({ length: 2_300 }, (_, i) => modelEvent(`long-${i}`));
    await registry.audit.append(events, microsOf(Date.now()));
    for (let position = 30; position <= 2_322; position += 20) {
      const head = await registry.audit.head(position);
      if (head) await sealed.seal({ ...head, sealed_at: at(Date.now()) });
    }
    expect((await verify()).out).toMatch(/^ok: 2322 entries, .*; sealed up to 2310\n$/);
    await tamper("DELETE FROM audit_entries WHERE position BETWEEN 2100 AND 2110");
    expect(await verify()).toEqual(wrong("^position 2100 is wrong: missing: 2100 to 2110 are not there"));
    await writeFile(file, kept);
  });

  it("gives its verdict as JSON, too", async () => {
    await tamper("DELETE FROM audit_entries WHERE position = 7");
    const { code, out } = await verify("--json");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      entries: 6,
      sealed: 2,
      fault: { position: 7, kind: "missing" },
    });
  });

  it("names a file that holds no heads", async () => {
    const file = join(platform.home, "none.ndjson");
    await writeFile(file, '{"position": 1}\n');
    const { code, err } = await telemetry(["audit", "verify", "--heads", file], { env });
    expect(err).toContain(`${file}:1: expected a sealed head`);
    expect(code).toBe(1);
    expect(await telemetry(["audit", "verify", "--heads", "nowhere"], { env })).toMatchObject({ code: 2 });
  });
});

describe("sealing", () => {
  it("keeps the head outside the database, once as long as nothing is new [BUS-19]", async () => {
    const before = await sealedHeads();
    expect(before.map(({ position }) => position)).toEqual([10, 20]);
    expect(before[1]).toMatchObject({ hash: (await audit.read("?after=19&limit=1")).entries[0]?.hash });
    await seal();
    await seal();
    const after = await sealedHeads();
    expect(after.map(({ position }) => position)).toEqual([10, 20, 22]);
    const { out } = await telemetry(["audit", "heads"], { env });
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual(after);
  });

  it("goes on without a seal where the heads cannot be read, and reports it", async () => {
    const file = join(platform.home, "audit-heads", "heads.ndjson");
    const kept = await readFile(file, "utf8");
    await writeFile(file, '{"position": "one"}\n');
    reported.length = 0;
    await seal();
    await writeFile(file, kept);
    expect(reported).toMatchObject([{ code: "unreadable" }]);
    await database.query("DELETE FROM outbox");
  });

  it("seals nothing that contradicts what was sealed before, and reports it [BUS-19]", async () => {
    const before = await sealedHeads();
    await tamper("DELETE FROM audit_entries WHERE position > 21");
    reported.length = 0;
    await seal();
    await restore();
    const message = expect.stringMatching(/^position 22 .* is not there now$/);
    expect(reported).toMatchObject([{ code: "audit_contradicted", error: { message } }]);
    const { rows } = await database.query("DELETE FROM outbox RETURNING event");
    expect(rows).toMatchObject([
      { event: { type: "alert.audit.unsealed", data: { severity: "critical", message } } },
    ]);
    expect(await sealedHeads()).toEqual(before);
  });
});
