import type pg from "pg";
import type { AuditEntry } from "../../../core/audit.ts";
import type { Event } from "../../../core/envelope.ts";
import { formatTime } from "../../../core/time.ts";
import { query } from "../../postgres/transaction.ts";
import type { Audit, AuditSelection } from "../port.ts";

/** Of the events in a page: an answer of Lambda's ends at 6 MB ("Lambda quotas"). */
const PAGE_BYTES = 3 * 1_024 * 1_024;

interface EntryRow {
  position: string;
  recorded_at: string;
  source: string;
  id: string;
  type: string;
  time: string;
  correlation_id: string;
  userid: string | null;
  event: Event;
  previous_hash: string;
  hash: string;
  /** Whether another entry that was selected stands behind it. */
  followed: boolean;
}

export async function auditPage(pool: pg.Pool, selection: AuditSelection): ReturnType<Audit["list"]> {
  const rows = await query<EntryRow>(pool, "reading the audit", statementOf(selection));
  return { entries: rows.map(entryOf), more: rows.at(-1)?.followed === true };
}

/** One more is looked for than the page may hold, to know whether there are more. */
function statementOf({ order, limit, ...filters }: AuditSelection): pg.QueryConfig {
  const values: unknown[] = [limit + 1, PAGE_BYTES];
  const conditions = conditionsOf({ order, ...filters }, (value) => `$${values.push(value)}`);
  const inOrder = `ORDER BY position ${order === "oldest" ? "ASC" : "DESC"}`;
  return {
    text: `
      SELECT position, recorded_at, source, id, type, time, correlation_id, userid, event,
        encode(previous_hash, 'hex') AS previous_hash, encode(hash, 'hex') AS hash, followed
      FROM (
        SELECT *,
          row_number() OVER in_order AS place,
          sum(octet_length(event::text)) OVER in_order AS bytes,
          lead(position) OVER in_order IS NOT NULL AS followed
        FROM (
          SELECT * FROM audit_entries
          WHERE ${["true", ...conditions].join(" AND ")}
          ${inOrder} LIMIT $1
        ) AS selected
        WINDOW in_order AS (${inOrder})
      ) AS measured
      WHERE place = 1 OR (place < $1 AND bytes <= $2)
      ${inOrder}`,
    values,
  };
}

function conditionsOf(
  { order, after, type, source, correlationId, from, to }: Omit<AuditSelection, "limit">,
  given: (value: unknown) => string,
): string[] {
  const conditions = [
    after !== undefined && `position ${order === "oldest" ? ">" : "<"} ${given(after)}`,
    type !== undefined && `type = ${given(type)}`,
    source !== undefined && `md5(source) = md5(${given(source)}) AND source = ${given(source)}`,
    correlationId !== undefined && `correlation_id = ${given(correlationId)}`,
    from !== undefined && `time >= ${given(from)}`,
    to !== undefined && `time < ${given(to)}`,
  ];
  return conditions.filter((condition) => condition !== false);
}

const entryOf = ({ position, recorded_at, time, followed: _, ...row }: EntryRow): AuditEntry => ({
  position: Number(position),
  recorded_at: formatTime(Number(recorded_at)),
  time: formatTime(Number(time)),
  ...row,
});
