import type pg from "pg";
import { stableHash } from "../../../core/ids.ts";
import { textArray } from "../../postgres/arrays.ts";
import { query, transaction } from "../../postgres/transaction.ts";
import type { DeadLetterSelection, DeadLetterState, DeadLetters, ReplayOptions } from "../port.ts";
import { conditionsOf, selected } from "./dead-letter-conditions.ts";
import {
  COLUMNS,
  type LetterRow,
  letterOf,
  replayedOf,
  type TakenRow,
  valuesOf,
} from "./dead-letter-rows.ts";

// A redelivery brings attempts that are all known, and changes nothing. What brings none may be a new death.
const RECORD = {
  name: "dead-letters.record",
  text: `
    INSERT INTO dead_letters AS kept (
      id, queue, identity, body, message, type, source, event_id, correlation_id,
      attempts, error_type, error_code, error_message, error_stack, first_died_at, last_died_at
    )
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
    ON CONFLICT (id) DO UPDATE SET
      message = excluded.message,
      attempts = kept.attempts || (
        SELECT coalesce(jsonb_agg(attempt ORDER BY place), '[]')
        FROM jsonb_array_elements(excluded.attempts) WITH ORDINALITY AS added (attempt, place)
        WHERE NOT kept.attempts @> jsonb_build_array(attempt)
      ),
      error_type = excluded.error_type,
      error_code = excluded.error_code,
      error_message = excluded.error_message,
      error_stack = excluded.error_stack,
      last_died_at = greatest(kept.last_died_at, excluded.last_died_at),
      state = 'dead',
      replay_began_at = NULL
    WHERE excluded.attempts = '[]' OR NOT kept.attempts @> excluded.attempts`,
};

// Letters keep their order, so that two who record the same ones could wait for each other in a circle.
const ONE_AT_A_TIME = { text: `SELECT pg_advisory_xact_lock(${stableHash("dead letters")})` };

const FIND = { name: "dead-letters.find", text: `SELECT ${COLUMNS} FROM dead_letters WHERE id = $1` };

const BODY = { name: "dead-letters.body", text: "SELECT body FROM dead_letters WHERE id = $1" };

const COUNTS = {
  name: "dead-letters.counts",
  text: "SELECT state, count(*) FROM dead_letters GROUP BY state",
};

// The time is committed before anything is published: whatever becomes of this replay, its repeat carries the same.
const BEGIN_REPLAY = `
  UPDATE dead_letters SET replay_began_at = coalesce(replay_began_at, $2) WHERE id = ANY ($1::text[])`;

const TAKE = {
  name: "dead-letters.take",
  text: `
    SELECT id, queue, body, message, replay_began_at FROM dead_letters
    WHERE id = ANY ($1::text[]) AND state = 'dead'
    ORDER BY position FOR UPDATE SKIP LOCKED`,
};

const MARK_REPLAYED = {
  name: "dead-letters.mark-replayed",
  text: `
    UPDATE dead_letters SET state = 'replayed', replays = replays + 1, replayed_at = $2
    WHERE id = ANY ($1::text[])`,
};

const DISCARD = {
  name: "dead-letters.discard",
  text: `
    UPDATE dead_letters SET state = 'discarded', note = $2, discarded_at = $3
    WHERE id = $1 AND state = 'dead' RETURNING id`,
};

export function openDeadLetters(pool: pg.Pool): DeadLetters {
  return {
    async record(letters) {
      if (letters.length === 0) return;
      await transaction(pool, "recording dead letters", async ({ query }) => {
        await Promise.all([
          query(ONE_AT_A_TIME),
          ...letters.map((letter) => query({ ...RECORD, values: valuesOf(letter) })),
        ]);
      });
    },

    async list(filter, { limit, offset }) {
      const { where, values } = conditionsOf(filter);
      const page = query<LetterRow>(pool, "listing dead letters", {
        text: `
          SELECT ${COLUMNS} FROM dead_letters ${where}
          ORDER BY last_died_at DESC, position DESC
          LIMIT $${values.length + 1} OFFSET $${values.length + 2}`,
        values: [...values, limit, offset],
      });
      const total = query<{ count: string }>(pool, "counting dead letters", {
        text: `SELECT count(*) FROM dead_letters ${where}`,
        values,
      });
      const [rows, [counted]] = await Promise.all([page, total]);
      return { deadLetters: rows.map(letterOf), count: Number(counted?.count ?? 0) };
    },

    async find(id) {
      const [row] = await query<LetterRow>(pool, "finding a dead letter", { ...FIND, values: [id] });
      return row && letterOf(row);
    },

    async body(id) {
      const rows = await query<{ body: Buffer }>(pool, "reading a dead letter", { ...BODY, values: [id] });
      return rows[0]?.body;
    },

    async counts() {
      const counts = { dead: 0, replayed: 0, discarded: 0 };
      const rows = await query<{ state: DeadLetterState; count: string }>(
        pool,
        "counting dead letters",
        COUNTS,
      );
      for (const { state, count } of rows) counts[state] = Number(count);
      return counts;
    },

    async plan(selection) {
      const { where, values } = selected(selection);
      const rows = await query<{ queue: string; type: string | null; count: string }>(
        pool,
        "planning a replay",
        {
          text: `
            SELECT queue, type, count(*) FROM dead_letters ${where}
            GROUP BY queue, type ORDER BY queue, type`,
          values,
        },
      );
      return rows.map(({ queue, type, count }) => ({ queue, type: type ?? undefined, count: Number(count) }));
    },

    async replay(selection, options, publish) {
      const ids = await beginReplay(pool, selection, options);
      if (ids.length === 0) return undefined;
      return transaction(pool, "replaying dead letters", async (transaction) => {
        const { rows } = await transaction.query<TakenRow>({ ...TAKE, values: [textArray(ids)] });
        if (rows.length === 0) return 0;
        await publish(rows.map(replayedOf));
        const taken = textArray(rows.map(({ id }) => id));
        transaction.atCommit({ ...MARK_REPLAYED, values: [taken, options.now] });
        return rows.length;
      });
    },

    async discard(id, { note, now }) {
      const discarded = await query(pool, "discarding a dead letter", {
        ...DISCARD,
        values: [id, note, now],
      });
      return discarded.length > 0;
    },
  };
}

/** Chooses the oldest that nobody else is at, as many as fit, and commits when their replay began. */
function beginReplay(
  pool: pg.Pool,
  selection: DeadLetterSelection,
  { queues, limit, maxBytes, now }: ReplayOptions,
): Promise<string[]> {
  const { where, values } = selected(selection, queues);
  return transaction(pool, "choosing dead letters", async (transaction) => {
    const { rows } = await transaction.query<{ id: string; body_bytes: number }>({
      text: `
        SELECT id, body_bytes FROM dead_letters ${where}
        ORDER BY position LIMIT $${values.length + 1} FOR UPDATE SKIP LOCKED`,
      values: [...values, limit],
    });
    const ids = fitting(rows, maxBytes);
    if (ids.length > 0) transaction.atCommit({ text: BEGIN_REPLAY, values: [textArray(ids), now] });
    return ids;
  });
}

/** One at least, whatever its size. */
function fitting(rows: readonly { id: string; body_bytes: number }[], maxBytes: number): string[] {
  let bytes = 0;
  const tooMany = rows.findIndex(({ body_bytes }, i) => {
    bytes += body_bytes;
    return i > 0 && bytes > maxBytes;
  });
  return rows.slice(0, tooMany < 0 ? rows.length : tooMany).map(({ id }) => id);
}
