import type pg from "pg";
import type { Alert, AlertStatus } from "../../../core/alerting/alert.ts";
import type { Level } from "../../../core/alerting/alert-rule.ts";
import { closed, type PairState } from "../../../core/rules/evaluate.ts";
import { query, type Transaction, transaction } from "../../postgres/transaction.ts";
import type { AlertFilter, Alerts, Deed, Tell } from "../port/alerts.ts";
import { ALERT_COLUMNS, type AlertRow, alertOf } from "./alert-rows.ts";
import { addEvents } from "./outbox.ts";

const FIND = { name: "alerts.find", text: `SELECT ${ALERT_COLUMNS} FROM alerts WHERE alert_id = $1` };

const FILTER = `
  ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR level = $2)
  AND ($3::text IS NULL OR device_id = $3) AND ($4::text IS NULL OR rule_id = $4)
  AND ($5::bigint IS NULL OR triggered_at >= $5) AND ($6::bigint IS NULL OR triggered_at < $6)`;

const LIST = {
  name: "alerts.list",
  text: `
    SELECT ${ALERT_COLUMNS} FROM alerts WHERE ${FILTER}
    ORDER BY triggered_at DESC, alert_id LIMIT $7 OFFSET $8`,
};

const COUNT = {
  name: "alerts.count",
  text: `
    SELECT count(*), count(*) FILTER (WHERE status <> 'resolved') AS open,
      count(*) FILTER (WHERE status <> 'resolved' AND level IN ('critical', 'emergency')) AS critical
    FROM alerts WHERE ${FILTER}`,
};

const ACKNOWLEDGE = {
  name: "alerts.acknowledge",
  text: `
    UPDATE alerts
    SET status = 'acknowledged', acknowledged_by = $2, acknowledged_at = $3, acknowledgement_note = $4
    WHERE alert_id = $1 AND status = 'active'
    RETURNING ${ALERT_COLUMNS}`,
};

// The pairs before the alerts, and in order, as who judges them does.
const LOCK_PAIRS = {
  name: "alerts.lock-pairs",
  text: `
    SELECT alert_id, state FROM alert_pairs AS pairs
    WHERE alert_id IS NOT NULL
      AND ($1::text IS NULL OR alert_id = $1) AND ($2::text IS NULL OR rule_id = $2)
      AND ($3::text IS NULL OR device_id = $3)
    ORDER BY rule_id, device_id FOR UPDATE`,
};

const RESOLVE = {
  name: "alerts.resolve",
  text: `
    UPDATE alerts SET status = 'resolved', resolved_by = $2, resolved_at = $3, resolution_note = $4
    WHERE alert_id = ANY ($1::text[]) AND status <> 'resolved'
    RETURNING ${ALERT_COLUMNS}`,
};

const CLOSE_PAIR = {
  name: "alerts.close-pair",
  text: "UPDATE alert_pairs SET state = $2, alert_id = NULL, due_at = $3 WHERE alert_id = $1",
};

const OPEN_COUNTS = {
  name: "alerts.open-counts",
  text: "SELECT level, status, count(*) FROM alerts WHERE status <> 'resolved' GROUP BY level, status",
};

const COUNT_SINCE = {
  name: "alerts.count-since",
  text: "SELECT count(*) FROM alerts WHERE triggered_at >= $1 AND ($2::text IS NULL OR device_id = $2)",
};

export function openAlerts(pool: pg.Pool): Alerts {
  async function find(alertId: string): Promise<Alert | undefined> {
    const [row] = await query<AlertRow>(pool, "finding an alert", { ...FIND, values: [alertId] });
    return row && alertOf(row);
  }

  /** Does it, and tells of it if it changed anything. */
  async function change(doing: string, alertId: string, tell: Tell, work: Work) {
    const changed = await transaction(pool, doing, async (transaction) => {
      const [alert] = await work(transaction);
      if (alert) transaction.atCommit(addEvents([tell(alert)]));
      return alert;
    });
    const alert = changed ?? (await find(alertId));
    return alert && { alert, changed: changed !== undefined };
  }

  return {
    find,

    async list(filter) {
      const values = filterOf(filter);
      const [rows, [counted]] = await Promise.all([
        query<AlertRow>(pool, "listing alerts", {
          ...LIST,
          values: [...values, filter.limit, filter.offset],
        }),
        query<{ count: string; open: string; critical: string }>(pool, "counting alerts", {
          ...COUNT,
          values,
        }),
      ]);
      const numbers = { count: counted?.count, activeCount: counted?.open, criticalCount: counted?.critical };
      const [count, activeCount, criticalCount] = Object.values(numbers).map(Number) as [
        number,
        number,
        number,
      ];
      return { alerts: rows.map(alertOf), count, activeCount, criticalCount };
    },

    acknowledge: (alertId, { by, at, note }, tell) =>
      change("acknowledging an alert", alertId, tell, async (transaction) => {
        const values = [alertId, by, at, note ?? null];
        const { rows } = await transaction.query<AlertRow>({ ...ACKNOWLEDGE, values });
        return rows.map(alertOf);
      }),

    resolve: (alertId, deed, tell) =>
      change("resolving an alert", alertId, tell, (transaction) =>
        closeAlerts(transaction, { alertId }, deed),
      ),

    close: (of, deed, tell) =>
      transaction(pool, "closing alerts", async (transaction) => {
        const alerts = await closeAlerts(transaction, of, deed);
        if (alerts.length > 0) transaction.atCommit(addEvents(alerts.map(tell)));
        return alerts.length;
      }),

    async openCounts() {
      const rows = await query<{ level: Level; status: AlertStatus; count: string }>(
        pool,
        "counting open alerts",
        OPEN_COUNTS,
      );
      return rows.map(({ level, status, count }) => ({ level, status, count: Number(count) }));
    },

    async countSince(since, deviceId) {
      const statement = { ...COUNT_SINCE, values: [since, deviceId ?? null] };
      const [row] = await query<{ count: string }>(pool, "counting alerts of late", statement);
      return Number(row?.count);
    },
  };
}

type Work = (transaction: Transaction) => Promise<Alert[]>;

/** Resolves open alerts; what breached before counts towards no other. @returns those that were open */
export async function closeAlerts(
  transaction: Transaction,
  { alertId, ruleId, deviceId }: { alertId?: string; ruleId?: string; deviceId?: string },
  { by, at, note }: Deed,
): Promise<Alert[]> {
  const { rows: pairs } = await transaction.query<{ alert_id: string; state: PairState }>({
    ...LOCK_PAIRS,
    values: [alertId ?? null, ruleId ?? null, deviceId ?? null],
  });
  if (pairs.length === 0) return [];
  for (const { alert_id, state } of pairs) {
    // Nothing is due any more but to be forgotten one day, which the next tick sees to.
    transaction.atCommit({ ...CLOSE_PAIR, values: [alert_id, JSON.stringify(closed(state, at)), at] });
  }
  const alertIds = pairs.map(({ alert_id }) => alert_id);
  const { rows } = await transaction.query<AlertRow>({
    ...RESOLVE,
    values: [alertIds, by, at, note ?? null],
  });
  return rows.map(alertOf);
}

const filterOf = ({ status, level, deviceId, ruleId, from, to }: AlertFilter) => [
  status ?? null,
  level ?? null,
  deviceId ?? null,
  ruleId ?? null,
  from ?? null,
  to ?? null,
];
