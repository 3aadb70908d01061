import type pg from "pg";
import type { Micros } from "../../../core/time.ts";
import { query, type Transaction, transaction } from "../../postgres/transaction.ts";
import type { Connections, LiveConnection, NewConnection } from "../port/subscriptions.ts";
import { SUBSCRIPTION_COLUMNS, type SubscriptionRow, subscriptionOf } from "./subscriptions.ts";

// The subscription is locked before its connection, by everybody: of two that connect at once one waits.
const LOCK = {
  name: "connections.lock",
  text: "SELECT subscription_id FROM subscriptions WHERE subscription_id = $1 FOR UPDATE",
};

const OCCUPY = {
  name: "connections.occupy",
  text: "UPDATE subscriptions SET idle_since = $2 WHERE subscription_id = $1",
};

const REDEEM = {
  name: "connections.redeem",
  text: "DELETE FROM subscription_tickets WHERE hash = $1 AND subscription_id = $2 RETURNING expires_at",
};

const REPLACE = {
  name: "connections.replace",
  text: "DELETE FROM connections WHERE subscription_id = $1 RETURNING connection_id",
};

const OPEN = {
  name: "connections.open",
  text: "INSERT INTO connections (connection_id, subscription_id, opened_at) VALUES ($1, $2, $3)",
};

const FREE = {
  name: "connections.free",
  text: `
    UPDATE subscriptions SET idle_since = $2
    WHERE subscription_id = (SELECT subscription_id FROM connections WHERE connection_id = $1)`,
};

const CLOSE = {
  name: "connections.close",
  text: "DELETE FROM connections WHERE connection_id = $1 RETURNING connection_id",
};

// Whoever opens gets a higher serial than all before, and whoever closes makes them one less.
const MARK = {
  name: "connections.mark",
  text: "SELECT count(*) || ' ' || coalesce(max(serial), 0) AS mark FROM connections",
};

const LIVE = {
  name: "connections.live",
  text: `
    SELECT connection_id, opened_at, ${SUBSCRIPTION_COLUMNS}
    FROM connections JOIN subscriptions USING (subscription_id)
    ORDER BY serial`,
};

interface LiveRow extends SubscriptionRow {
  connection_id: string;
  opened_at: string;
}

export function openConnections(pool: pg.Pool): Connections {
  return {
    open: (connection) =>
      transaction(pool, "opening a connection", async (transaction) => {
        if (!(await admitted(transaction, connection))) return undefined;
        const { connectionId, subscriptionId, at } = connection;
        const { rows } = await transaction.query<{ connection_id: string }>({
          ...REPLACE,
          values: [subscriptionId],
        });
        transaction.atCommit({ ...OCCUPY, values: [subscriptionId, at] });
        transaction.atCommit({ ...OPEN, values: [connectionId, subscriptionId, at] });
        const [replaced] = rows;
        return replaced ? { replaced: replaced.connection_id } : {};
      }),

    close: (connectionId, at) =>
      transaction(pool, "closing a connection", async (transaction) => {
        await transaction.query({ ...FREE, values: [connectionId, at] });
        const { rows } = await transaction.query({ ...CLOSE, values: [connectionId] });
        return rows.length > 0;
      }),

    async mark() {
      const [row] = await query<{ mark: string }>(pool, "looking for new connections", MARK);
      return row?.mark ?? "";
    },

    async live() {
      const rows = await query<LiveRow>(pool, "listing connections", LIVE);
      return rows.map(liveConnectionOf);
    },
  };
}

/** A ticket that came too late is gone all the same. */
async function admitted(transaction: Transaction, connection: NewConnection): Promise<boolean> {
  const { subscriptionId, ticketHash, at } = connection;
  const known = await transaction.query({ ...LOCK, values: [subscriptionId] });
  if (known.rows.length === 0) return false;
  const { rows } = await transaction.query<{ expires_at: string }>({
    ...REDEEM,
    values: [ticketHash, subscriptionId],
  });
  const [ticket] = rows;
  return ticket !== undefined && at < (Number(ticket.expires_at) satisfies Micros);
}

const liveConnectionOf = (row: LiveRow): LiveConnection => ({
  ...subscriptionOf(row),
  connectionId: row.connection_id,
  openedAt: Number(row.opened_at),
});
