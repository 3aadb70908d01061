import type pg from "pg";
import type { Event } from "../../../core/envelope.ts";
import { textArray } from "../../postgres/arrays.ts";
import { query, transaction } from "../../postgres/transaction.ts";
import type { Outbox } from "../port.ts";

const ADD = {
  name: "outbox.add",
  text: `
    INSERT INTO outbox (event)
    SELECT event::json FROM unnest($1::text[]) WITH ORDINALITY AS added (event, place) ORDER BY place`,
};

// Deleted first and committed once they are published: until then they are there for everybody else, and locked.
const TAKE = {
  name: "outbox.take",
  text: `
    WITH oldest AS MATERIALIZED (
      SELECT position FROM outbox ORDER BY position LIMIT $1 FOR UPDATE SKIP LOCKED
    )
    DELETE FROM outbox USING oldest WHERE outbox.position = oldest.position
    RETURNING outbox.position, outbox.event`,
};

/** Puts events into the outbox; for a transaction that has more to write. */
export const addEvents = (events: readonly Event[]): pg.QueryConfig => ({
  ...ADD,
  values: [textArray(events.map((event) => JSON.stringify(event)))],
});

export function openOutbox(pool: pg.Pool): Outbox {
  return {
    async add(events) {
      if (events.length > 0) await query(pool, "adding to the outbox", addEvents(events));
    },

    drain: (publish, limit) =>
      transaction(pool, "draining the outbox", async (transaction) => {
        const taken = await transaction.query<{ position: string; event: Event }>({
          ...TAKE,
          values: [limit],
        });
        if (taken.rows.length === 0) return 0;
        const inOrder = taken.rows.sort((a, b) => Number(a.position) - Number(b.position));
        await publish(inOrder.map(({ event }) => event));
        return inOrder.length;
      }),
  };
}
