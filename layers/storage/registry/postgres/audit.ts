import pg from "pg";
import { type AuditEntry, type AuditHead, chainOf } from "../../../core/audit.ts";
import { type Event, identityOf, timeOf } from "../../../core/envelope.ts";
import { UnavailableError } from "../../../core/errors.ts";
import { sha256, stableHash } from "../../../core/ids.ts";
import { formatTime, type Micros } from "../../../core/time.ts";
import { numberArray, textArray } from "../../postgres/arrays.ts";
import { query, type Transaction, transaction } from "../../postgres/transaction.ts";
import type { Audit } from "../port.ts";
import { auditPage } from "./audit-page.ts";

// The head is read, the entries are hashed and written behind it: two who did that at once would fork the chain.
// Hence the lock, in a statement of its own, since a statement sees what was committed when it began to wait. Who
// writes without it is refused by the unique hashes.
const LOCK = { text: `SELECT pg_advisory_xact_lock(${stableHash("audit")})` };

const HEAD = "SELECT position, encode(hash, 'hex') AS hash, recorded_at FROM audit_entries";
const NEWEST = { name: "audit.newest", text: `${HEAD} ORDER BY position DESC LIMIT 1` };
const AT = { name: "audit.at", text: `${HEAD} WHERE position = $1` };

const KNOWN = {
  name: "audit.known",
  text: `
    SELECT encode(identity, 'hex') AS identity FROM audit_entries
    WHERE identity = ANY (SELECT decode(given, 'hex') FROM unnest($1::text[]) AS given)`,
};

const APPEND = {
  name: "audit.append",
  text: `
    INSERT INTO audit_entries
      (position, recorded_at, identity, source, id, type, time, correlation_id, userid, event, previous_hash, hash)
    SELECT position, $2, decode(identity, 'hex'), source, id, type, time, correlation_id, userid, event::json,
      decode(previous_hash, 'hex'), decode(hash, 'hex')
    FROM unnest(
      $1::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[],
      $10::text[], $11::text[], $12::text[]
    ) AS given (
      position, identity, source, id, type, time, correlation_id, userid, event, previous_hash, hash
    )`,
};

interface HeadRow {
  position: string;
  hash: string;
  recorded_at: string;
}

export function openAudit(pool: pg.Pool): Audit {
  return {
    async append(events, recordedAt) {
      const byIdentity = new Map<string, Event>();
      for (const event of events) {
        const identity = sha256(identityOf(event)).toString("hex");
        if (!byIdentity.has(identity)) byIdentity.set(identity, event);
      }
      if (byIdentity.size === 0) return 0;
      return transaction(pool, "appending to the audit", (transaction) =>
        appendNew(transaction, byIdentity, recordedAt),
      ).catch(throwForkAsUnavailable);
    },

    list: (selection) => auditPage(pool, selection),

    async head(position) {
      const statement = position === undefined ? NEWEST : { ...AT, values: [position] };
      const [row] = await query<HeadRow>(pool, "reading the head of the audit", statement);
      return row && headOf(row);
    },
  };
}

/** Two round trips, whatever the number: lock and what is there; what is new and the COMMIT. */
async function appendNew(
  transaction: Transaction,
  byIdentity: ReadonlyMap<string, Event>,
  recordedAt: Micros,
): Promise<number> {
  const [, head, known] = await Promise.all([
    transaction.query(LOCK),
    transaction.query<HeadRow>(NEWEST),
    transaction.query<{ identity: string }>({ ...KNOWN, values: [textArray([...byIdentity.keys()])] }),
  ]);
  const repeated = new Set(known.rows.map(({ identity }) => identity));
  const fresh = [...byIdentity].filter(([identity]) => !repeated.has(identity));
  if (fresh.length === 0) return 0;
  const [last] = head.rows;
  const entries = chainOf(
    fresh.map(([, event]) => event),
    { after: last && headOf(last), recordedAt: formatTime(recordedAt) },
  );
  const identities = fresh.map(([identity]) => identity);
  transaction.atCommit({ ...APPEND, values: valuesOf(entries, identities, recordedAt) });
  return fresh.length;
}

const valuesOf = (entries: readonly AuditEntry[], identities: readonly string[], recordedAt: Micros) => [
  numberArray(entries.map(({ position }) => position)),
  recordedAt,
  textArray(identities),
  textArray(entries.map(({ source }) => source)),
  textArray(entries.map(({ id }) => id)),
  textArray(entries.map(({ type }) => type)),
  numberArray(entries.map(({ event }) => timeOf(event))),
  textArray(entries.map(({ correlation_id }) => correlation_id)),
  textArray(entries.map(({ userid }) => userid)),
  textArray(entries.map(({ event }) => JSON.stringify(event))),
  textArray(entries.map(({ previous_hash }) => previous_hash)),
  textArray(entries.map(({ hash }) => hash)),
];

const headOf = ({ position, hash, recorded_at }: HeadRow): AuditHead => ({
  position: Number(position),
  hash,
  recorded_at: formatTime(Number(recorded_at)),
});

const UNIQUE_VIOLATION = "23505";

/** No event is at fault then: somebody wrote without the lock, and the next attempt follows what they wrote. */
function throwForkAsUnavailable(error: unknown): never {
  const { cause } = error as { cause?: unknown };
  if (!(cause instanceof pg.DatabaseError) || cause.code !== UNIQUE_VIOLATION) throw error;
  const message = "another writer extended the audit at the same time, without its lock";
  throw new UnavailableError(message, { code: "audit_contended", cause });
}
