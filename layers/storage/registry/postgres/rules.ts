import type pg from "pg";
import type { AlertRule, Silence } from "../../../core/alerting/alert-rule.ts";
import type { Event } from "../../../core/envelope.ts";
import type { Micros } from "../../../core/time.ts";
import { textArray } from "../../postgres/arrays.ts";
import { query, type Transaction, transaction } from "../../postgres/transaction.ts";
import type { KeptRule, RuleFilter, Rules } from "../port/rules.ts";
import { closeAlerts } from "./alerts.ts";
import { addEvents } from "./outbox.ts";

interface RuleRow {
  rule: AlertRule;
  enabled: boolean;
  updated_at: string;
  total: string | null;
  last_at: string | null;
}

interface BeforeRow {
  enabled: boolean;
  no_data_seconds: number | null;
}

const RULES = "alert_rules LEFT JOIN alert_rule_triggers AS triggers USING (rule_id)";
const COLUMNS = "rule, enabled, updated_at, total, last_at";

const CREATE = {
  name: "rules.create",
  text: `
    INSERT INTO alert_rules (rule_id, rule, metric_name, level, enabled, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)`,
};

// What the rule says of its creation is the first one's.
const REPLACE = {
  name: "rules.replace",
  text: `
    UPDATE alert_rules
    SET rule = ($2::jsonb || jsonb_build_object('createdAt', rule->'createdAt', 'createdBy', rule->'createdBy'))::json,
      metric_name = $3, level = $4, enabled = $5, updated_at = $6
    WHERE rule_id = $1`,
};

const SET_ENABLED = {
  name: "rules.set-enabled",
  text: "UPDATE alert_rules SET enabled = $2, updated_at = $3 WHERE rule_id = $1",
};

const BEFORE = {
  name: "rules.before",
  text: `
    SELECT enabled, (rule->>'noDataSeconds')::float8 AS no_data_seconds
    FROM alert_rules WHERE rule_id = $1 FOR NO KEY UPDATE`,
};

// What is due, and when, follows from the rule: the next tick works it out anew. While a rule is off, or asks for no
// silence, nobody writes down when devices report: who goes by that would take all of them for silent.
const RECONSIDER_PAIRS = {
  name: "rules.reconsider-pairs",
  text: `
    WITH locked AS (
      SELECT rule_id, device_id FROM alert_pairs WHERE rule_id = $1 ORDER BY rule_id, device_id FOR UPDATE
    )
    UPDATE alert_pairs AS pairs
    SET due_at = 0, state = CASE WHEN $2 THEN (state::jsonb - 'reportedAt')::json ELSE state END
    FROM locked WHERE pairs.rule_id = locked.rule_id AND pairs.device_id = locked.device_id`,
};

const FIND = { name: "rules.find", text: `SELECT ${COLUMNS} FROM ${RULES} WHERE rule_id = $1` };

const FILTER = `
  ($1::boolean IS NULL OR enabled = $1) AND ($2::text IS NULL OR level = $2)
  AND ($3::text IS NULL OR metric_name = $3)`;

const LIST = {
  name: "rules.list",
  text: `
    SELECT ${COLUMNS} FROM ${RULES} WHERE ${FILTER}
    ORDER BY created_at DESC, rule_id LIMIT $4 OFFSET $5`,
};

const COUNT = { name: "rules.count", text: `SELECT count(*) FROM alert_rules WHERE ${FILTER}` };

const REMOVE = { name: "rules.remove", text: "DELETE FROM alert_rules WHERE rule_id = $1 RETURNING rule_id" };

const REMOVE_PAIRS = { name: "rules.remove-pairs", text: "DELETE FROM alert_pairs WHERE rule_id = $1" };

const REVISION = { name: "rules.revision", text: "SELECT revision FROM rule_book" };

const BOOK = { name: "rules.book", text: `SELECT ${COLUMNS} FROM ${RULES} WHERE enabled` };

const SILENCES = { name: "rules.silences", text: "SELECT silence FROM silences WHERE ends_at > $1" };

const GROUPS = {
  name: "rules.groups",
  text: "SELECT group_name, device_id FROM device_groups WHERE group_name = ANY ($1::text[])",
};

export function openRules(pool: pg.Pool): Rules {
  async function revision(): Promise<number> {
    const [row] = await query<{ revision: string }>(pool, "asking for the rules' revision", REVISION);
    return Number(row?.revision);
  }

  /** Changes a rule if there is such a one, and tells of it then. @param noDataSeconds what it will ask for */
  const change = (
    doing: string,
    ruleId: string,
    statement: pg.QueryConfig,
    events: readonly Event[],
    noDataSeconds: (before: number | undefined) => number | undefined,
  ) =>
    transaction(pool, doing, async (transaction) => {
      const { rows } = await transaction.query<BeforeRow>({ ...BEFORE, values: [ruleId] });
      const [before] = rows;
      if (!before) return undefined;
      const asked = before.no_data_seconds ?? undefined;
      const blind = !before.enabled || asked !== noDataSeconds(asked);
      await transaction.query(statement);
      transaction.atCommit({ ...RECONSIDER_PAIRS, values: [ruleId, blind] });
      if (events.length > 0) transaction.atCommit(addEvents(events));
      return ruleWith(transaction, ruleId);
    });

  return {
    async create(rule, events) {
      await transaction(pool, "creating a rule", async (transaction) => {
        await transaction.query({ ...CREATE, values: [...valuesOf(rule), rule.createdAt, rule.updatedAt] });
        if (events.length > 0) transaction.atCommit(addEvents(events));
      });
    },

    async find(ruleId) {
      const [row] = await query<RuleRow>(pool, "finding a rule", { ...FIND, values: [ruleId] });
      return row && ruleOf(row);
    },

    async list(filter) {
      const values = filterOf(filter);
      const [rows, [counted]] = await Promise.all([
        query<RuleRow>(pool, "listing rules", { ...LIST, values: [...values, filter.limit, filter.offset] }),
        query<{ count: string }>(pool, "counting rules", { ...COUNT, values }),
      ]);
      return { rules: rows.map(ruleOf), count: Number(counted?.count) };
    },

    replace: (rule, events) =>
      change(
        "replacing a rule",
        rule.ruleId,
        { ...REPLACE, values: [...valuesOf(rule), rule.updatedAt] },
        events,
        () => rule.noDataSeconds,
      ),

    setEnabled: (ruleId, enabled, at, events) =>
      change(
        "turning a rule on or off",
        ruleId,
        { ...SET_ENABLED, values: [ruleId, enabled, at] },
        events,
        (before) => before,
      ),

    remove: (ruleId, events, { deed, tell }) =>
      transaction(pool, "removing a rule", async (transaction) => {
        // First, since it waits for whoever judges by the rule, and lets nobody begin.
        const removed = await transaction.query({ ...REMOVE, values: [ruleId] });
        if (removed.rows.length === 0) return false;
        const closed = await closeAlerts(transaction, { ruleId }, deed);
        transaction.atCommit({ ...REMOVE_PAIRS, values: [ruleId] });
        const told = [...closed.map(tell), ...events];
        if (told.length > 0) transaction.atCommit(addEvents(told));
        return true;
      }),

    revision,

    members: (groups) => readGroups(pool, groups),

    async book(now) {
      // Asked first: what changes meanwhile is one more change for whoever asks again.
      const asOf = await revision();
      const [rows, silences] = await Promise.all([
        query<RuleRow>(pool, "reading the rules", BOOK),
        query<{ silence: Silence }>(pool, "reading silences", { ...SILENCES, values: [now] }),
      ]);
      const rules = rows.map(ruleOf);
      const groups = await readGroups(pool, [...new Set(rules.flatMap((rule) => rule.deviceGroups))]);
      return { revision: asOf, rules, silences: silences.map(({ silence }) => silence), groups };
    },
  };
}

async function ruleWith(transaction: Transaction, ruleId: string): Promise<KeptRule | undefined> {
  const { rows } = await transaction.query<RuleRow>({ ...FIND, values: [ruleId] });
  return rows[0] && ruleOf(rows[0]);
}

async function readGroups(pool: pg.Pool, names: readonly string[]): Promise<Map<string, Set<string>>> {
  const groups = new Map<string, Set<string>>();
  if (names.length === 0) return groups;
  const statement = { ...GROUPS, values: [textArray(names)] };
  const rows = await query<{ group_name: string; device_id: string }>(pool, "reading groups", statement);
  for (const { group_name, device_id } of rows) {
    groups.set(group_name, (groups.get(group_name) ?? new Set()).add(device_id));
  }
  return groups;
}

const filterOf = ({ enabled, level, metricName }: RuleFilter) => [
  enabled ?? null,
  level ?? null,
  metricName ?? null,
];

const valuesOf = (rule: AlertRule) => [
  rule.ruleId,
  JSON.stringify(rule),
  rule.metricName,
  rule.level,
  rule.enabled,
];

function ruleOf({ rule, enabled, updated_at, total, last_at }: RuleRow): KeptRule {
  const kept: KeptRule = {
    ...rule,
    enabled,
    updatedAt: Number(updated_at),
    totalTriggers: Number(total ?? 0),
  };
  const lastTriggered: Micros | undefined = last_at === null ? undefined : Number(last_at);
  return lastTriggered === undefined ? kept : { ...kept, lastTriggered };
}
