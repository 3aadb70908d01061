import type pg from "pg";
import type { Silence } from "../../../core/alerting/alert-rule.ts";
import { query } from "../../postgres/transaction.ts";
import type { Silences } from "../port/silences.ts";

const CREATE = {
  name: "silences.create",
  text: "INSERT INTO silences (silence_id, silence, ends_at) VALUES ($1, $2, $3)",
};

const FIND = { name: "silences.find", text: "SELECT silence FROM silences WHERE silence_id = $1" };

const LIST = {
  name: "silences.list",
  text: `
    SELECT silence FROM silences WHERE ends_at > $1 ORDER BY ends_at, silence_id LIMIT $2 OFFSET $3`,
};

const COUNT = { name: "silences.count", text: "SELECT count(*) FROM silences WHERE ends_at > $1" };

const REMOVE = {
  name: "silences.remove",
  text: "DELETE FROM silences WHERE silence_id = $1 RETURNING silence_id",
};

interface SilenceRow {
  silence: Silence;
}

export function openSilences(pool: pg.Pool): Silences {
  return {
    async create(silence) {
      const values = [silence.silenceId, JSON.stringify(silence), silence.endsAt];
      await query(pool, "creating a silence", { ...CREATE, values });
    },

    async find(silenceId) {
      const [row] = await query<SilenceRow>(pool, "finding a silence", { ...FIND, values: [silenceId] });
      return row?.silence;
    },

    async list({ endingAfter, limit, offset }) {
      const values = [endingAfter, limit, offset];
      const [rows, [counted]] = await Promise.all([
        query<SilenceRow>(pool, "listing silences", { ...LIST, values }),
        query<{ count: string }>(pool, "counting silences", { ...COUNT, values: [endingAfter] }),
      ]);
      return { silences: rows.map(({ silence }) => silence), count: Number(counted?.count) };
    },

    async remove(silenceId) {
      const removed = await query(pool, "removing a silence", { ...REMOVE, values: [silenceId] });
      return removed.length > 0;
    },
  };
}
