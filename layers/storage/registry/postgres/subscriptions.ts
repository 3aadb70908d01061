import type pg from "pg";
import { MICROS_PER_DAY, MICROS_PER_SECOND, type Micros } from "../../../core/time.ts";
import { textArray } from "../../postgres/arrays.ts";
import { query, type Transaction, transaction } from "../../postgres/transaction.ts";
import type { Subscription, Subscriptions, Ticket } from "../port/subscriptions.ts";

export interface SubscriptionRow {
  subscription_id: string;
  device_ids: string[];
  metric_names: string[];
  tags: Record<string, string>;
  max_frequency_ms: number;
  created_by: string;
  created_at: string;
}

export const SUBSCRIPTION_COLUMNS =
  "subscription_id, device_ids, metric_names, tags, max_frequency_ms, created_by, created_at";

const MAX_IDLE = MICROS_PER_DAY;
/** API Gateway ends a connection after two hours; one that is older was never said to have ended. */
const MAX_CONNECTED = 3 * 3_600 * MICROS_PER_SECOND;

const CREATE = {
  name: "subscriptions.create",
  text: `
    INSERT INTO subscriptions (${SUBSCRIPTION_COLUMNS}, idle_since)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
};

const ADD_TICKET = {
  name: "subscriptions.add-ticket",
  text: `
    INSERT INTO subscription_tickets (hash, subscription_id, expires_at)
    SELECT $2, subscription_id, $3 FROM subscriptions WHERE subscription_id = $1 FOR KEY SHARE
    RETURNING subscription_id`,
};

const FIND = {
  name: "subscriptions.find",
  text: `SELECT ${SUBSCRIPTION_COLUMNS} FROM subscriptions WHERE subscription_id = $1`,
};

// Whoever removes locks first, in order: connections are made and ended under the same lock.
const LOCK = (name: string, condition: string) => ({
  name: `subscriptions.lock-${name}`,
  text: `SELECT subscription_id FROM subscriptions WHERE ${condition} ORDER BY subscription_id FOR UPDATE`,
});

const LOCK_ONE = LOCK("one", "subscription_id = $1");
const LOCK_OF_USER = LOCK("of-user", "created_by = $1");
const LOCK_WITH_DEVICE = LOCK("with-device", "device_ids @> $1::text[]");
const LOCK_IDLE = LOCK(
  "idle",
  `idle_since < $1
   AND NOT EXISTS (SELECT FROM connections WHERE connections.subscription_id = subscriptions.subscription_id)`,
);

const DISCONNECT = {
  name: "subscriptions.disconnect",
  text: "DELETE FROM connections WHERE subscription_id = ANY ($1::text[]) RETURNING connection_id",
};

const REMOVE = {
  name: "subscriptions.remove",
  text: "DELETE FROM subscriptions WHERE subscription_id = ANY ($1::text[])",
};

const TAKE_OUT_DEVICE = {
  name: "subscriptions.take-out-device",
  text: `
    UPDATE subscriptions SET device_ids = array_remove(device_ids, $2)
    WHERE subscription_id = ANY ($1::text[])
    RETURNING subscription_id, cardinality(device_ids) AS devices`,
};

const EXPIRE_TICKETS = {
  name: "subscriptions.expire-tickets",
  text: "DELETE FROM subscription_tickets WHERE expires_at <= $1",
};

const EXPIRE_CONNECTIONS = {
  name: "subscriptions.expire-connections",
  text: "DELETE FROM connections WHERE opened_at < $1",
};

export function openSubscriptions(pool: pg.Pool): Subscriptions {
  const removing = (statement: pg.QueryConfig) =>
    transaction(pool, "removing subscriptions", async (transaction) =>
      remove(transaction, await lock(transaction, statement)),
    );

  return {
    create: (subscription, ticket) =>
      transaction(pool, "creating a subscription", async (transaction) => {
        await transaction.query({ ...CREATE, values: valuesOf(subscription) });
        transaction.atCommit(addTicket(subscription.subscriptionId, ticket));
      }),

    async addTicket(subscriptionId, ticket) {
      const added = await query(pool, "adding a ticket", addTicket(subscriptionId, ticket));
      return added.length > 0;
    },

    async find(subscriptionId) {
      const values = [subscriptionId];
      const [row] = await query<SubscriptionRow>(pool, "finding a subscription", { ...FIND, values });
      return row && subscriptionOf(row);
    },

    async remove(subscriptionId) {
      const { ids, connectionIds } = await removing({ ...LOCK_ONE, values: [subscriptionId] });
      return ids.length > 0 ? connectionIds : undefined;
    },

    leaveDevice: (deviceId) =>
      transaction(pool, "taking a device out of subscriptions", async (transaction) => {
        const ids = await lock(transaction, { ...LOCK_WITH_DEVICE, values: [textArray([deviceId])] });
        const { rows } = await transaction.query<{ subscription_id: string; devices: number }>({
          ...TAKE_OUT_DEVICE,
          values: [textArray(ids), deviceId],
        });
        const empty = rows.filter(({ devices }) => devices === 0);
        return (await remove(transaction, empty.map(idOf))).connectionIds;
      }),

    async removeOf(userId) {
      return (await removing({ ...LOCK_OF_USER, values: [userId] })).connectionIds;
    },

    async expire(now) {
      await query(pool, "expiring tickets", { ...EXPIRE_TICKETS, values: [now] });
      await query(pool, "expiring connections", { ...EXPIRE_CONNECTIONS, values: [now - MAX_CONNECTED] });
      await removing({ ...LOCK_IDLE, values: [now - MAX_IDLE] });
    },
  };
}

async function lock(transaction: Transaction, statement: pg.QueryConfig): Promise<string[]> {
  const { rows } = await transaction.query<{ subscription_id: string }>(statement);
  return rows.map(idOf);
}

async function remove(transaction: Transaction, ids: readonly string[]) {
  const values = [textArray(ids)];
  const { rows } = await transaction.query<{ connection_id: string }>({ ...DISCONNECT, values });
  transaction.atCommit({ ...REMOVE, values });
  return { ids, connectionIds: rows.map(({ connection_id }) => connection_id) };
}

const idOf = ({ subscription_id }: { subscription_id: string }): string => subscription_id;

const addTicket = (subscriptionId: string, { hash, expiresAt }: Ticket): pg.QueryConfig => ({
  ...ADD_TICKET,
  values: [subscriptionId, hash, expiresAt],
});

const valuesOf = (subscription: Subscription): (string | number | Micros)[] => [
  subscription.subscriptionId,
  textArray(subscription.deviceIds),
  textArray(subscription.metricNames),
  JSON.stringify(subscription.tags),
  subscription.maxFrequencyMs,
  subscription.createdBy,
  subscription.createdAt,
];

export const subscriptionOf = (row: SubscriptionRow): Subscription => ({
  subscriptionId: row.subscription_id,
  deviceIds: row.device_ids,
  metricNames: row.metric_names,
  tags: row.tags,
  maxFrequencyMs: row.max_frequency_ms,
  createdBy: row.created_by,
  createdAt: Number(row.created_at),
});
