import type pg from "pg";
import { addToGroup, endWindow, type Group } from "../../../core/grouping.ts";
import type { Notification } from "../../../core/notification.ts";
import { MICROS_PER_SECOND, type Micros } from "../../../core/time.ts";
import { numberArray, textArray } from "../../postgres/arrays.ts";
import type { Transaction } from "../../postgres/transaction.ts";
import type { Telling } from "../port/notifications.ts";

/** What is to be recorded for one channel. */
interface Told {
  channel: string;
  notification: Notification;
  superseded?: boolean;
}

/**
 * A trigger that has waited so long is not sent any more once its end is known: who catches up after an outage must
 * not be paged for the past.
 */
const PAST_MICROS = 5 * 60 * MICROS_PER_SECOND;

// A group is read, changed by `grouping.ts` and written. The inbox lets one record at a time, so nobody else makes a
// group meanwhile; who ends windows locks what it changes, as this does.
const GROUPS = {
  name: "notifications.groups",
  text: `
    SELECT groups.channel, groups.key, groups.state
    FROM notification_groups AS groups
    JOIN unnest($1::text[], $2::text[]) AS given (channel, key) USING (channel, key)
    ORDER BY channel, key
    FOR UPDATE OF groups`,
};

const ENDING = {
  name: "notifications.ending",
  text: `
    SELECT channel, key, state FROM notification_groups WHERE window_ends_at <= $1
    ORDER BY channel, key LIMIT $2 FOR UPDATE SKIP LOCKED`,
};

const KEEP = {
  name: "notifications.keep-groups",
  text: `
    INSERT INTO notification_groups (channel, key, window_ends_at, state)
    SELECT channel, key, window_ends_at, state::json
    FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) AS given (channel, key, window_ends_at, state)
    ORDER BY channel, key
    ON CONFLICT (channel, key) DO UPDATE SET window_ends_at = excluded.window_ends_at, state = excluded.state`,
};

const END = {
  name: "notifications.end-groups",
  text: `
    DELETE FROM notification_groups AS groups
    USING unnest($1::text[], $2::text[]) AS given (channel, key)
    WHERE groups.channel = given.channel AND groups.key = given.key`,
};

const SUPERSEDE = {
  name: "notifications.supersede",
  text: `
    UPDATE notifications SET state = 'superseded', settled_at = $2, detail = 'over before it could be told'
    WHERE incident = ANY ($1::text[]) AND form = 'single' AND action <> 'resolve' AND state = 'pending'
      AND recorded_at < $3`,
};

// Only a pager needs to be told that it is quiet again, and only there do follow-ups page nobody. A repeat, which the
// inbox knows no more, is known by its key.
const RECORD = {
  name: "notifications.record",
  text: `
    INSERT INTO notifications
      (channel, dedup_key, incident, action, form, state, detail, settled_at, metered, notification, occurred_at,
       recorded_at, next_at)
    SELECT given.channel, dedup_key, incident, action, form,
      CASE WHEN late THEN 'superseded' WHEN channels.name IS NULL THEN 'failed' ELSE 'pending' END,
      CASE WHEN late THEN 'over before it could be told'
        WHEN channels.name IS NULL THEN 'there is no such channel' END,
      CASE WHEN late OR channels.name IS NULL THEN $8::bigint END,
      action = 'trigger' OR channels.target ->> 'kind' IS DISTINCT FROM 'pagerduty',
      notification::json, occurred_at, $8, $8
    FROM (
      SELECT *, superseded OR form = 'single' AND action <> 'resolve' AND EXISTS (
        SELECT FROM notifications AS ended
        WHERE ended.incident = listed.incident AND ended.form = 'single' AND ended.action = 'resolve'
          AND ended.occurred_at >= listed.occurred_at
      ) AS late
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $9::bool[])
        WITH ORDINALITY
        AS listed (channel, dedup_key, incident, action, form, notification, occurred_at, superseded, place)
    ) AS given
    LEFT JOIN channels ON channels.name = given.channel
    WHERE form <> 'quiet' OR channels.target ->> 'kind' = 'pagerduty'
    ORDER BY place
    ON CONFLICT (channel, dedup_key) DO NOTHING`,
};

interface GroupRow {
  channel: string;
  key: string;
  state: Group;
}

/** Records what events mean to channels, as part of a transaction that has more to do. */
export async function recordTellings(
  transaction: Transaction,
  tellings: readonly Telling[],
  now: Micros,
): Promise<void> {
  if (tellings.length === 0) return;
  const groups = await lockGroups(transaction, tellings);
  const changed = new Map<string, Group>();
  const told: Told[] = [];
  const ended = new Map<string, Micros>();
  for (const telling of tellings) {
    const { channel, notification } = telling;
    if (telling.kind === "grouped") {
      const place = placeOf(telling);
      const { group, tell } = addToGroup(changed.get(place) ?? groups.get(place), telling, notification, now);
      changed.set(place, group);
      if (tell) told.push({ channel, notification: tell });
      continue;
    }
    const { incident, action, lastAt } = notification;
    if (action === "resolve") ended.set(incident, Math.max(lastAt, ended.get(incident) ?? lastAt));
    const superseded = action !== "resolve" && (ended.get(incident) ?? Number.NEGATIVE_INFINITY) >= lastAt;
    told.push({ channel, notification, superseded });
  }
  await keepGroups(transaction, [...changed.values()]);
  if (ended.size > 0) {
    const values = [textArray([...ended.keys()]), now, now - PAST_MICROS];
    await transaction.query({ ...SUPERSEDE, values });
  }
  await record(transaction, told, now);
}

/** Ends windows that are over, `limit` at most. @returns how many */
export async function endGroupWindows(transaction: Transaction, now: Micros, limit: number): Promise<number> {
  const { rows } = await transaction.query<GroupRow>({ ...ENDING, values: [now, limit] });
  const ends = rows.map(({ state }) => ({ state, ...endWindow(state, now) }));
  const over = ends.filter(({ group }) => !group).map(({ state }) => state);
  await keepGroups(
    transaction,
    ends.flatMap(({ group }) => group ?? []),
  );
  if (over.length > 0) await transaction.query({ ...END, values: keysOf(over) });
  await record(
    transaction,
    ends.map(({ state, tell }) => ({ channel: state.channel, notification: tell })),
    now,
  );
  return rows.length;
}

export async function record(transaction: Transaction, told: readonly Told[], now: Micros): Promise<void> {
  if (told.length === 0) return;
  const column = (read: (notification: Notification) => string) =>
    textArray(told.map(({ notification }) => read(notification)));
  const query: pg.QueryConfig = {
    ...RECORD,
    values: [
      textArray(told.map(({ channel }) => channel)),
      column(({ dedupKey }) => dedupKey),
      column(({ incident }) => incident),
      column(({ action }) => action),
      column(({ form }) => form),
      column((notification) => JSON.stringify(notification)),
      numberArray(told.map(({ notification }) => notification.lastAt)),
      now,
      `{${told.map(({ superseded = false }) => superseded).join()}}`,
    ],
  };
  await transaction.query(query);
}

async function lockGroups(
  transaction: Transaction,
  tellings: readonly Telling[],
): Promise<Map<string, Group>> {
  const grouped = tellings.filter((telling) => telling.kind === "grouped");
  if (grouped.length === 0) return new Map();
  const { rows } = await transaction.query<GroupRow>({ ...GROUPS, values: keysOf(grouped) });
  return new Map(rows.map((row) => [placeOf(row), row.state]));
}

async function keepGroups(transaction: Transaction, groups: readonly Group[]): Promise<void> {
  if (groups.length === 0) return;
  const ends = numberArray(groups.map(({ windowEndsAt }) => windowEndsAt));
  const states = textArray(groups.map((group) => JSON.stringify(group)));
  await transaction.query({ ...KEEP, values: [...keysOf(groups), ends, states] });
}

const keysOf = (places: readonly Pick<Group, "channel" | "key">[]): [string, string] => [
  textArray(places.map(({ channel }) => channel)),
  textArray(places.map(({ key }) => key)),
];

const placeOf = ({ channel, key }: Pick<Group, "channel" | "key">): string => `${channel}\n${key}`;
