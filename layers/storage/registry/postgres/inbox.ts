import type pg from "pg";
import type { Clock } from "../../../core/clock.ts";
import type { Event } from "../../../core/envelope.ts";
import { sha256, stableHash } from "../../../core/ids.ts";
import { MICROS_PER_DAY, type Micros, microsOf } from "../../../core/time.ts";
import { textArray } from "../../postgres/arrays.ts";
import { type Transaction, transaction } from "../../postgres/transaction.ts";
import type { Judging } from "../port/alerts.ts";
import type { Effects, Inbox, InboxEntry, InboxVerdict, UsageCount, UsageDuration } from "../port.ts";
import { AHEAD_DAYS, type InboxTable, inboxTables, openInboxPartitions } from "./inbox-partitions.ts";
import { judging } from "./judging.ts";
import { addEvents } from "./outbox.ts";
import { recordTellings } from "./tellings.ts";
import { addCounts, addDurations } from "./usage.ts";

// An id is remembered in the partition of its arrival, and no partition knows of the others: that it is in none
// of them is what the statement's condition asks, and that nobody adds it meanwhile is what the lock is for. The
// lock must be a statement of its own, before: a statement sees what was committed when it began to wait.
const lock = (queue: string): pg.QueryConfig => ({
  text: `${BY_INDEX}; SELECT pg_advisory_xact_lock(${INBOX_LOCKS}, ${stableHash(queue)})`,
});

const INBOX_LOCKS = stableHash("inbox");

// A partition begins empty. A plan made then would read it whole, and be kept while it grows by thousands a second.
const BY_INDEX = "SET LOCAL enable_seqscan = off";

/** Comes back with those that were new. */
const remembering = (table: InboxTable, partition: string, ids: Iterable<string>): pg.QueryConfig => ({
  name: `inbox.remember.${partition}`,
  text: `
    INSERT INTO ${partition} (id)
    SELECT given.id
    FROM unnest($1::uuid[]) AS given (id)
    WHERE NOT EXISTS (SELECT FROM ${table.name} AS kept WHERE kept.id = given.id)
    ON CONFLICT DO NOTHING
    RETURNING id`,
  values: [idArray(ids)],
});

const REMEMBERED = {
  name: "inbox.remembered",
  text: `SELECT id FROM ${inboxTables.batches.name} WHERE id = ANY ($1::uuid[])`,
};

interface IdRow {
  id: string;
}

export function openInbox(pool: pg.Pool, clock: Clock): Inbox {
  const partitions = openInboxPartitions(pool);

  const once: Inbox["once"] = async (queue, entries, { kind }, effect) => {
    const table = inboxTables[kind];
    const now = microsOf(clock.now());
    const verdicts = entries.map(({ time }) => verdictByTime(time, now, table));
    const places = firstPlaces(queue, entries, verdicts);
    const partition = await partitions.current(table, now);
    return transaction(pool, "remembering what arrived", async (transaction) => {
      const [, { rows }] = await Promise.all([
        transaction.query(lock(queue)),
        transaction.query<IdRow>(remembering(table, partition, places.keys())),
      ]).catch((error) => {
        partitions.forget();
        throw error;
      });
      for (const { id } of rows) {
        const place = places.get(id);
        if (place !== undefined) verdicts[place] = "fresh";
      }
      const effects = collectEffects(
        (tellings) => recordTellings(transaction, tellings, now),
        judging(transaction),
      );
      const result = await effect(verdicts, effects);
      effects.write(transaction);
      return result;
    });
  };

  return {
    once,

    async remembered(queue, identities) {
      if (identities.length === 0) return new Set();
      const identityById = new Map(identities.map((identity) => [idOf(queue, identity), identity]));
      const [, { rows }] = await transaction(pool, "asking what is remembered", (transaction) =>
        Promise.all([
          transaction.query({ text: BY_INDEX }),
          transaction.query<IdRow>({ ...REMEMBERED, values: [idArray(identityById.keys())] }),
        ]),
      );
      return new Set(rows.flatMap(({ id }) => identityById.get(id) ?? []));
    },

    async remember(queue, identities) {
      if (identities.length === 0) return;
      const time = microsOf(clock.now());
      const entries = identities.map((identity) => ({ identity, time }));
      await once(queue, entries, { kind: "batches" }, async () => {});
    },

    maintain: (now) => partitions.maintain(now),
  };
}

/** `repeated` until the store says otherwise. */
function verdictByTime(time: Micros, now: Micros, { windowDays }: InboxTable): InboxVerdict {
  if (time < now - windowDays * MICROS_PER_DAY) return "too_old_to_deduplicate";
  if (time > now + AHEAD_DAYS * MICROS_PER_DAY) return "time_too_far_ahead";
  return "repeated";
}

/** Where each id that may be fresh stands first. */
function firstPlaces(
  queue: string,
  entries: readonly InboxEntry[],
  verdicts: readonly InboxVerdict[],
): Map<string, number> {
  const places = new Map<string, number>();
  entries.forEach(({ identity }, place) => {
    if (verdicts[place] !== "repeated") return;
    const id = idOf(queue, identity);
    if (!places.has(id)) places.set(id, place);
  });
  return places;
}

/** Written as PostgreSQL writes a uuid. A queue's name holds no line break, so that no two pairs are written alike. */
function idOf(queue: string, identity: string): string {
  const hex = sha256(`${queue}\n${identity}`).toString("hex", 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Sorted, so that two writers never wait for each other in a circle. */
const idArray = (ids: Iterable<string>): string => textArray([...ids].sort());

/**
 * Keeps what the effect asks for until it is through, and writes it together with the COMMIT: one statement per
 * kind, whatever the number of calls, in an order that is always the same. Notifications and alerts are written at once.
 */
function collectEffects(
  notify: Effects["notify"],
  judging: Judging,
): Effects & { write(transaction: Transaction): void } {
  const counts: UsageCount[] = [];
  const durations: UsageDuration[] = [];
  const events: Event[] = [];
  return {
    async countUsage(increments) {
      counts.push(...increments.counts);
      durations.push(...increments.durations);
    },
    async announce(announced) {
      events.push(...announced);
    },
    notify,
    judging,
    write(transaction) {
      if (counts.length > 0) transaction.atCommit(addCounts(counts));
      if (durations.length > 0) transaction.atCommit(addDurations(durations));
      if (events.length > 0) transaction.atCommit(addEvents(events));
    },
  };
}
