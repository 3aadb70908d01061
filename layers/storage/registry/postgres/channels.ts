import type pg from "pg";
import { RefusedError } from "../../../core/errors.ts";
import { type Severity, severities } from "../../../core/paging.ts";
import { textArray } from "../../postgres/arrays.ts";
import { query, transaction } from "../../postgres/transaction.ts";
import type { Channel, Channels, ChannelTarget } from "../port/channels.ts";

export interface ChannelRow {
  name: string;
  target: ChannelTarget;
  events: string[];
  minimum_severity: string;
  max_per_minute: number;
  enabled: boolean;
  created_at: string;
  updated_at: string;
}

export const CHANNEL_COLUMNS =
  "name, target, events, minimum_severity, max_per_minute, enabled, created_at, updated_at";

const CREATE = {
  name: "channels.create",
  text: `
    INSERT INTO channels (name, target, events, minimum_severity, max_per_minute, enabled, updated_at, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (name) DO NOTHING
    RETURNING name`,
};

const REPLACE = {
  name: "channels.replace",
  text: `
    UPDATE channels
    SET target = $2, events = $3, minimum_severity = $4, max_per_minute = $5, enabled = $6, updated_at = $7,
        paused_until = 0, failures = 0
    WHERE name = $1
    RETURNING name`,
};

const HURRY = {
  name: "channels.hurry",
  text: "UPDATE notifications SET next_at = $2 WHERE channel = $1 AND state = 'pending' AND next_at > $2",
};

const FIND = { name: "channels.find", text: `SELECT ${CHANNEL_COLUMNS} FROM channels WHERE name = $1` };

const LIST = { name: "channels.list", text: `SELECT ${CHANNEL_COLUMNS} FROM channels ORDER BY name` };

const REMOVE = { name: "channels.remove", text: "DELETE FROM channels WHERE name = $1 RETURNING name" };

const FAIL_WAITING = {
  name: "channels.fail-waiting",
  text: `
    UPDATE notifications SET state = 'failed', settled_at = $2, detail = 'the channel was removed'
    WHERE channel = $1 AND state = 'pending'`,
};

const END_GROUPS = {
  name: "channels.end-groups",
  text: "DELETE FROM notification_groups WHERE channel = $1",
};

export function openChannels(pool: pg.Pool): Channels {
  return {
    async create(channel) {
      const values = [...valuesOf(channel), channel.createdAt];
      const created = await query(pool, "creating a channel", { ...CREATE, values });
      if (created.length > 0) return;
      throw new RefusedError(409, `there is a channel "${channel.name}" already`, [
        { path: "name", message: "exists already" },
      ]);
    },

    replace: (channel) =>
      transaction(pool, "replacing a channel", async (transaction) => {
        const replaced = await transaction.query({ ...REPLACE, values: valuesOf(channel) });
        transaction.atCommit({ ...HURRY, values: [channel.name, channel.updatedAt] });
        return replaced.rows.length > 0;
      }),

    async find(name) {
      const [row] = await query<ChannelRow>(pool, "finding a channel", { ...FIND, values: [name] });
      return row && channelOf(row);
    },

    async list() {
      const rows = await query<ChannelRow>(pool, "listing channels", LIST);
      return rows.map(channelOf);
    },

    remove: (name, at) =>
      transaction(pool, "removing a channel", async (transaction) => {
        const removed = await transaction.query({ ...REMOVE, values: [name] });
        transaction.atCommit({ ...FAIL_WAITING, values: [name, at] });
        transaction.atCommit({ ...END_GROUPS, values: [name] });
        return removed.rows.length > 0;
      }),
  };
}

const valuesOf = (channel: Omit<Channel, "createdAt">) => [
  channel.name,
  JSON.stringify(channel.target),
  textArray(channel.events),
  channel.minimumSeverity,
  channel.maxPerMinute,
  channel.enabled,
  channel.updatedAt,
];

export const channelOf = (row: ChannelRow): Channel => ({
  name: row.name,
  target: row.target,
  events: row.events,
  minimumSeverity: severityOf(row.minimum_severity),
  maxPerMinute: row.max_per_minute,
  enabled: row.enabled,
  createdAt: Number(row.created_at),
  updatedAt: Number(row.updated_at),
});

/** One that a newer version of this program knows bars nothing here. */
const severityOf = (text: string): Severity => severities.find((known) => known === text) ?? "info";
