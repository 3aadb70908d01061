import type pg from "pg";
import type { Alert } from "../../../core/alerting/alert.ts";
import { AUTO } from "../../../core/alerting/alert.ts";
import type { Pair, Verdict } from "../../../core/alerting/judge.ts";
import { partitionOf } from "../../../core/partition.ts";
import { INITIAL, type PairState } from "../../../core/rules/evaluate.ts";
import { booleanArray, numberArray, textArray } from "../../postgres/arrays.ts";
import type { Transaction } from "../../postgres/transaction.ts";
import type { Judging } from "../port/alerts.ts";
import { ALERT_COLUMNS, type AlertRow, alertOf } from "./alert-rows.ts";

// Who deletes a rule waits until what is judged by it is committed, and then finds all that came of it.
const LOCK_RULES = {
  name: "judging.lock-rules",
  text: `
    SELECT rule_id FROM alert_rules WHERE rule_id = ANY ($1::text[]) AND enabled
    ORDER BY rule_id FOR KEY SHARE`,
};

const LOCK_PAIRS = {
  name: "judging.lock-pairs",
  text: `
    SELECT pairs.rule_id, pairs.device_id, pairs.state, pairs.alert_id
    FROM alert_pairs AS pairs
    JOIN unnest($1::text[], $2::text[]) AS given (rule_id, device_id) USING (rule_id, device_id)
    ORDER BY rule_id, device_id FOR UPDATE OF pairs`,
};

const KEEP_PAIRS = {
  name: "judging.keep-pairs",
  text: `
    INSERT INTO alert_pairs (rule_id, device_id, partition, state, alert_id, due_at)
    SELECT rule_id, device_id, partition, state::json, alert_id, due_at
    FROM unnest($1::text[], $2::text[], $3::int2[], $4::text[], $5::text[], $6::bigint[])
      AS given (rule_id, device_id, partition, state, alert_id, due_at)
    ON CONFLICT (rule_id, device_id) DO UPDATE
    SET state = excluded.state, alert_id = excluded.alert_id, due_at = excluded.due_at`,
};

const FORGET_PAIRS = {
  name: "judging.forget-pairs",
  text: `
    DELETE FROM alert_pairs AS pairs USING unnest($1::text[], $2::text[]) AS given (rule_id, device_id)
    WHERE pairs.rule_id = given.rule_id AND pairs.device_id = given.device_id`,
};

const BREACHED = {
  name: "judging.breached",
  text: `
    UPDATE alerts SET
      breaches = alerts.breaches + given.breaches,
      current_value = CASE WHEN given.at >= alerts.last_breach_at THEN given.value ELSE alerts.current_value END,
      last_breach_at = greatest(alerts.last_breach_at, given.at)
    FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::float8[]) AS given (alert_id, breaches, at, value)
    WHERE alerts.alert_id = given.alert_id`,
};

const RESOLVED = {
  name: "judging.resolved",
  text: `
    UPDATE alerts SET status = 'resolved', resolved_by = '${AUTO}', resolved_at = given.at
    FROM unnest($1::text[], $2::bigint[]) AS given (id, at)
    WHERE alert_id = given.id AND status <> 'resolved'
    RETURNING ${ALERT_COLUMNS}`,
};

// Lists of channels travel as JSON: arrays of arrays would have to be of one length.
const RAISED = {
  name: "judging.raised",
  text: `
    INSERT INTO alerts (alert_id, rule_id, device_id, rule_name, metric_name, level, kind, condition, threshold,
      notification_channels, status, current_value, triggered_at, breaches, last_breach_at, silenced)
    SELECT alert_id, rule_id, device_id, rule_name, metric_name, level, kind, condition, threshold,
      ARRAY (SELECT json_array_elements_text(channels::json)), 'active', current_value, triggered_at, breaches,
      last_breach_at, silenced
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::float8[], $10::text[], $11::float8[], $12::bigint[], $13::bigint[], $14::bigint[], $15::boolean[])
      AS given (alert_id, rule_id, device_id, rule_name, metric_name, level, kind, condition, threshold, channels,
        current_value, triggered_at, breaches, last_breach_at, silenced)`,
};

const COUNT_TRIGGERS = {
  name: "judging.count-triggers",
  text: `
    INSERT INTO alert_rule_triggers AS kept (rule_id, total, last_at)
    SELECT rule_id, count(*), max(at) FROM unnest($1::text[], $2::bigint[]) AS given (rule_id, at)
    GROUP BY rule_id ORDER BY rule_id
    ON CONFLICT (rule_id) DO UPDATE
    SET total = kept.total + excluded.total, last_at = greatest(kept.last_at, excluded.last_at)`,
};

const HISTORICAL = {
  name: "judging.historical",
  text: `
    INSERT INTO historical_breaches AS kept (rule_id, device_id, breaches, last_at)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
    ON CONFLICT (rule_id, device_id) DO UPDATE
    SET breaches = kept.breaches + excluded.breaches, last_at = greatest(kept.last_at, excluded.last_at)`,
};

const DUE = {
  name: "judging.due",
  text: `
    SELECT pairs.rule_id, pairs.device_id
    FROM alert_pairs AS pairs JOIN alert_rules AS rules USING (rule_id)
    WHERE pairs.partition = $1 AND pairs.due_at < $2 AND rules.enabled
    ORDER BY pairs.due_at LIMIT $3`,
};

interface PairRow {
  rule_id: string;
  device_id: string;
  state: PairState;
  alert_id: string | null;
}

export function judging(transaction: Transaction): Judging {
  return {
    async judge(wanted, decide) {
      const pairs = await lockPairs(transaction, wanted);
      if (pairs.length === 0) return [];
      const alertIds = new Map(pairs.map((pair) => [keyOf(pair), pair.alertId]));
      const verdicts = decide(pairs).toSorted(inOrder);
      return write(transaction, verdicts, (verdict) => alertIds.get(keyOf(verdict)));
    },

    async due(partition, mark, limit) {
      const values = [partition, mark, limit];
      const { rows } = await transaction.query<PairRow>({ ...DUE, values });
      return rows.map(({ rule_id, device_id }) => ({ ruleId: rule_id, deviceId: device_id }));
    },
  };
}

type Key = Pick<Pair, "ruleId" | "deviceId">;

/** No id holds a line break. */
const keyOf = ({ ruleId, deviceId }: Key): string => `${ruleId}\n${deviceId}`;

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);
const inOrder = (a: Key, b: Key): number => compare(a.ruleId, b.ruleId) || compare(a.deviceId, b.deviceId);

async function lockPairs(transaction: Transaction, wanted: readonly Key[]): Promise<Pair[]> {
  const ruleIds = textArray([...new Set(wanted.map(({ ruleId }) => ruleId))]);
  const [rules, pairs] = await Promise.all([
    transaction.query<{ rule_id: string }>({ ...LOCK_RULES, values: [ruleIds] }),
    transaction.query<PairRow>({ ...LOCK_PAIRS, values: keysOf(wanted) }),
  ]);
  const enabled = new Set(rules.rows.map(({ rule_id }) => rule_id));
  const known = new Map(
    pairs.rows.map((row) => [keyOf({ ruleId: row.rule_id, deviceId: row.device_id }), row]),
  );
  return wanted
    .filter(({ ruleId }) => enabled.has(ruleId))
    .map(({ ruleId, deviceId }) => {
      const row = known.get(keyOf({ ruleId, deviceId }));
      const pair: Pair = { ruleId, deviceId, state: row?.state ?? INITIAL };
      return row?.alert_id ? { ...pair, alertId: row.alert_id } : pair;
    });
}

/** One statement of each kind at most. What is resolved comes before what is raised: only one may be open. */
async function write(
  transaction: Transaction,
  verdicts: readonly Verdict[],
  alertIdOf: (verdict: Verdict) => string | undefined,
): Promise<Alert[]> {
  const kept = verdicts.filter(({ state }) => state !== undefined);
  const forgotten = verdicts.filter(({ state }) => state === undefined);
  const resolved = verdicts.filter(({ resolvedAt }) => resolvedAt !== undefined);
  const raised = verdicts.flatMap((verdict) => verdict.raised ?? []);
  const openAfter = (verdict: Verdict) =>
    verdict.raised?.alertId ?? (verdict.resolvedAt === undefined ? alertIdOf(verdict) : undefined);
  const statements = [
    kept.length > 0 && { ...KEEP_PAIRS, values: pairColumns(kept, openAfter) },
    forgotten.length > 0 && { ...FORGET_PAIRS, values: keysOf(forgotten) },
    breachedStatement(verdicts, alertIdOf),
    historicalStatement(verdicts),
  ].filter((statement) => statement !== false && statement !== undefined) as pg.QueryConfig[];
  const [answer] = await Promise.all([
    resolved.length > 0
      ? transaction.query<AlertRow>({
          ...RESOLVED,
          values: [
            textArray(resolved.map(alertIdOf)),
            numberArray(resolved.map(({ resolvedAt }) => resolvedAt)),
          ],
        })
      : undefined,
    ...statements.map((statement) => transaction.query(statement)),
    ...(raised.length > 0 ? raisedStatements(raised).map((statement) => transaction.query(statement)) : []),
  ]);
  return (answer?.rows ?? []).map(alertOf);
}

const keysOf = (keys: readonly Key[]): string[] => [
  textArray(keys.map(({ ruleId }) => ruleId)),
  textArray(keys.map(({ deviceId }) => deviceId)),
];

const pairColumns = (verdicts: readonly Verdict[], openAfter: (verdict: Verdict) => string | undefined) => [
  ...keysOf(verdicts),
  numberArray(verdicts.map(({ deviceId }) => partitionOf(deviceId))),
  textArray(verdicts.map(({ state }) => JSON.stringify(state))),
  textArray(verdicts.map(openAfter)),
  numberArray(verdicts.map(({ dueAt }) => dueAt)),
];

function breachedStatement(
  verdicts: readonly Verdict[],
  alertIdOf: (verdict: Verdict) => string | undefined,
): pg.QueryConfig | undefined {
  const breached = verdicts.filter((verdict) => verdict.breached && alertIdOf(verdict));
  if (breached.length === 0) return undefined;
  const values = [
    textArray(breached.map(alertIdOf)),
    numberArray(breached.map((verdict) => verdict.breached?.count)),
    numberArray(breached.map((verdict) => verdict.breached?.at)),
    numberArray(breached.map((verdict) => verdict.breached?.value)),
  ];
  return { ...BREACHED, values };
}

function historicalStatement(verdicts: readonly Verdict[]): pg.QueryConfig | undefined {
  const late = verdicts.filter(({ historical }) => historical);
  if (late.length === 0) return undefined;
  const values = [
    ...keysOf(late),
    numberArray(late.map(({ historical }) => historical?.count)),
    numberArray(late.map(({ historical }) => historical?.at)),
  ];
  return { ...HISTORICAL, values };
}

function raisedStatements(raised: readonly Alert[]): pg.QueryConfig[] {
  const texts = (of: (alert: Alert) => string) => textArray(raised.map(of));
  const numbers = (of: (alert: Alert) => number | undefined) => numberArray(raised.map(of));
  const ruleIds = texts(({ ruleId }) => ruleId);
  const times = numbers(({ triggeredAt }) => triggeredAt);
  const values = [
    texts(({ alertId }) => alertId),
    ruleIds,
    texts(({ deviceId }) => deviceId),
    texts(({ ruleName }) => ruleName),
    texts(({ metricName }) => metricName),
    texts(({ level }) => level),
    texts(({ kind }) => kind),
    texts(({ condition }) => condition),
    numbers(({ threshold }) => threshold),
    texts(({ notificationChannels }) => JSON.stringify(notificationChannels)),
    numbers(({ currentValue }) => currentValue),
    times,
    numbers(({ breaches }) => breaches),
    numbers(({ lastBreachAt }) => lastBreachAt),
    booleanArray(raised.map(({ silenced }) => silenced)),
  ];
  return [
    { ...RAISED, values },
    { ...COUNT_TRIGGERS, values: [ruleIds, times] },
  ];
}
