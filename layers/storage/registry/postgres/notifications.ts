import type pg from "pg";
import type { Notification } from "../../../core/notification.ts";
import { MICROS_PER_SECOND } from "../../../core/time.ts";
import { numberArray, textArray } from "../../postgres/arrays.ts";
import { query, transaction } from "../../postgres/transaction.ts";
import type { Delivery, DeliveryState, Notifications } from "../port/notifications.ts";
import { CHANNEL_COLUMNS, type ChannelRow, channelOf } from "./channels.ts";
import { endGroupWindows, record } from "./tellings.ts";

interface NotificationRow {
  id: string;
  channel: string;
  state: DeliveryState;
  metered: boolean;
  notification: Notification;
  recorded_at: string;
  next_at: string;
  attempts: number;
  settled_at: string | null;
  detail: string | null;
}

const COLUMNS =
  "id, channel, state, metered, notification, recorded_at, next_at, attempts, settled_at, detail";

const TOLD = {
  name: "notifications.told",
  text: `
    SELECT incident, array_agg(DISTINCT channel ORDER BY channel) AS channels FROM notifications
    WHERE incident = ANY ($1::text[]) AND form = 'single' AND state <> 'superseded'
    GROUP BY incident`,
};

const WAITING = {
  name: "notifications.waiting",
  text: `
    SELECT name FROM channels
    WHERE enabled AND claimed_until <= $1 AND paused_until <= $1
      AND EXISTS (SELECT FROM notifications WHERE channel = name AND state = 'pending' AND next_at <= $1)
    ORDER BY name`,
};

const CLAIM = {
  name: "notifications.claim",
  text: `
    UPDATE channels SET claimed_until = $3
    WHERE name = $1 AND enabled AND claimed_until <= $2 AND paused_until <= $2
    RETURNING ${CHANNEL_COLUMNS}, failures`,
};

const SENT = {
  name: "notifications.sent",
  text: `
    SELECT count(*) FROM notifications
    WHERE channel = $1 AND state = 'sent' AND metered AND settled_at > $2`,
};

const DUE = {
  name: "notifications.due",
  text: `
    SELECT ${COLUMNS} FROM notifications AS due
    WHERE channel = $1 AND state = 'pending' AND next_at <= $2 AND ($4 OR NOT metered)
      AND NOT EXISTS (
        SELECT FROM notifications AS earlier
        WHERE earlier.incident = due.incident AND earlier.channel = due.channel AND earlier.state = 'pending'
          AND earlier.id < due.id
      )
    ORDER BY attempts, id LIMIT $3`,
};

const HOLD_BACK = {
  name: "notifications.hold-back",
  text: `
    UPDATE notifications SET state = 'held_back', settled_at = $2, detail = $3
    WHERE id = ANY ($1::bigint[]) AND state = 'pending'`,
};

const SETTLE = {
  name: "notifications.settle",
  text: `
    UPDATE notifications
    SET state = $2, detail = $3, next_at = coalesce($4, next_at), attempts = attempts + 1,
        settled_at = CASE WHEN $2 = 'pending' THEN NULL ELSE $5::bigint END
    WHERE id = $1 AND state = 'pending'`,
};

const RELEASE = {
  name: "notifications.release",
  text: `
    UPDATE channels SET claimed_until = 0, paused_until = $3, failures = $4
    WHERE name = $1 AND claimed_until = $2`,
};

const EXPIRE = {
  name: "notifications.expire",
  text: `
    UPDATE notifications
    SET state = 'failed', settled_at = $2, detail = 'given up: ' || coalesce(detail, 'the channel took nothing')
    WHERE state = 'pending' AND recorded_at < $1
    RETURNING ${COLUMNS}`,
};

const FORGET = { name: "notifications.forget", text: "DELETE FROM notifications WHERE settled_at < $1" };

const LIST = {
  name: "notifications.list",
  text: `
    SELECT ${COLUMNS} FROM notifications
    WHERE channel = $1 AND ($2::text IS NULL OR state = $2)
    ORDER BY id DESC LIMIT $3 OFFSET $4`,
};

const ONE = {
  name: "notifications.one",
  text: `SELECT ${COLUMNS} FROM notifications WHERE channel = $1 AND dedup_key = $2`,
};

/** So many are looked at together: the rest waits for the next look. */
const MOST_DUE = 10_000;
const MOST_WINDOWS = 500;
const MINUTE = 60 * MICROS_PER_SECOND;

export function openNotifications(pool: pg.Pool): Notifications {
  return {
    async toldOf(incidents) {
      if (incidents.length === 0) return new Map();
      const statement = { ...TOLD, values: [textArray(incidents)] };
      const rows = await query<{ incident: string; channels: string[] }>(
        pool,
        "reading incidents",
        statement,
      );
      return new Map(rows.map(({ incident, channels }) => [incident, channels]));
    },

    async waiting(now) {
      const rows = await query<{ name: string }>(pool, "looking for notifications", {
        ...WAITING,
        values: [now],
      });
      return rows.map(({ name }) => name);
    },

    claim: (channel, now, forMicros) =>
      transaction(pool, "claiming a channel", async (transaction) => {
        const until = now + forMicros;
        const claimed = await transaction.query<ChannelRow & { failures: number }>({
          ...CLAIM,
          values: [channel, now, until],
        });
        const [row] = claimed.rows;
        if (!row) return undefined;
        const sent = await transaction.query<{ count: string }>({ ...SENT, values: [channel, now - MINUTE] });
        const sentInMinute = Number(sent.rows[0]?.count);
        const isBelowCeiling = sentInMinute < row.max_per_minute;
        const due = await transaction.query<NotificationRow>({
          ...DUE,
          values: [channel, now, MOST_DUE, isBelowCeiling],
        });
        return {
          channel: channelOf(row),
          until,
          sentInMinute,
          failures: row.failures,
          due: due.rows.map(deliveryOf),
        };
      }),

    fold: (channel, ids, into, now) =>
      transaction(pool, "holding notifications back", async (transaction) => {
        const detail = `folded into ${into.dedupKey}`;
        await transaction.query({ ...HOLD_BACK, values: [numberArray(ids), now, detail] });
        await record(transaction, [{ channel, notification: into }], now);
        const { rows } = await transaction.query<NotificationRow>({
          ...ONE,
          values: [channel, into.dedupKey],
        });
        const [row] = rows;
        if (!row) throw new Error(`expected the notification ${into.dedupKey}, which was recorded just now`);
        return deliveryOf(row);
      }),

    async settle(id, settlement, now) {
      const nextAt = settlement.state === "pending" ? settlement.nextAt : null;
      const values = [id, settlement.state, settlement.detail, nextAt, now];
      await query(pool, "settling a notification", { ...SETTLE, values });
    },

    async release({ channel, until }, pause = { until: 0, failures: 0 }) {
      const values = [channel.name, until, pause.until, pause.failures];
      await query(pool, "releasing a channel", { ...RELEASE, values });
    },

    async endWindows(now) {
      let ended = 0;
      for (let round = MOST_WINDOWS; round === MOST_WINDOWS; ended += round) {
        round = await transaction(pool, "ending the windows of groups", (transaction) =>
          endGroupWindows(transaction, now, MOST_WINDOWS),
        );
      }
      return ended;
    },

    async expire(before, now) {
      const statement = { ...EXPIRE, values: [before, now] };
      const rows = await query<NotificationRow>(pool, "giving up on notifications", statement);
      return rows.map(deliveryOf);
    },

    async forget(before) {
      await query(pool, "forgetting notifications", { ...FORGET, values: [before] });
    },

    async list(channel, { state, limit, offset }) {
      const statement = { ...LIST, values: [channel, state ?? null, limit, offset] };
      const rows = await query<NotificationRow>(pool, "listing notifications", statement);
      return rows.map(deliveryOf);
    },
  };
}

function deliveryOf(row: NotificationRow): Delivery {
  const delivery: Delivery = {
    id: Number(row.id),
    channel: row.channel,
    state: row.state,
    metered: row.metered,
    notification: row.notification,
    recordedAt: Number(row.recorded_at),
    nextAt: Number(row.next_at),
    attempts: row.attempts,
  };
  if (row.settled_at !== null) delivery.settledAt = Number(row.settled_at);
  if (row.detail !== null) delivery.detail = row.detail;
  return delivery;
}
