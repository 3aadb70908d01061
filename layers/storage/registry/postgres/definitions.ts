import type pg from "pg";
import { RefusedError } from "../../../core/errors.ts";
import type { KnownMetric, MetricType, ValueRules } from "../../../core/known-metrics.ts";
import { RETENTION_DAYS, RETENTION_LEAD } from "../../../core/retention.ts";
import type { Micros } from "../../../core/time.ts";
import { textArray } from "../../postgres/arrays.ts";
import { query, transaction } from "../../postgres/transaction.ts";
import type { DefinitionFilter, Definitions, MetricDefinition } from "../port/definitions.ts";
import { addEvents } from "./outbox.ts";

const CREATE = {
  name: "definitions.create",
  text: `
    INSERT INTO metric_definitions (name, metric_id, definition, data_type, metric_type)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (name) DO NOTHING
    RETURNING name`,
};

// Clocks disagree: what is decided later also holds from later on.
const KNOW = {
  name: "definitions.know",
  text: `
    WITH turned AS (UPDATE metric_revision SET revision = revision + 1 RETURNING revision)
    INSERT INTO known_metrics AS known (name, revision, rules, retention_days, retention_since)
    SELECT $1, revision, $2::json, $3, $4 FROM turned
    ON CONFLICT (name) DO UPDATE SET
      revision = excluded.revision, rules = excluded.rules, retention_days = excluded.retention_days,
      retention_since = greatest(excluded.retention_since, known.retention_since + 1)`,
};

const FIND = { name: "definitions.find", text: "SELECT definition FROM metric_definitions WHERE name = $1" };

const TYPES = {
  name: "definitions.types",
  text: "SELECT name, metric_type FROM metric_definitions WHERE name = ANY ($1::text[])",
};

const FILTER = "($1::text IS NULL OR data_type = $1) AND ($2::text IS NULL OR metric_type = $2)";

const LIST = {
  name: "definitions.list",
  text: `SELECT definition FROM metric_definitions WHERE ${FILTER} ORDER BY name LIMIT $3 OFFSET $4`,
};

const COUNT = {
  name: "definitions.count",
  text: `SELECT count(*) FROM metric_definitions WHERE ${FILTER}`,
};

const REMOVE = {
  name: "definitions.remove",
  text: "DELETE FROM metric_definitions WHERE name = $1 RETURNING name",
};

const CHANGES = {
  name: "definitions.changes",
  text: `
    SELECT name, revision, rules, retention_days, retention_since
    FROM known_metrics WHERE revision > $1 ORDER BY revision LIMIT $2`,
};

interface DefinitionRow {
  definition: MetricDefinition;
}

interface KnownRow {
  name: string;
  revision: string;
  rules: ValueRules | null;
  retention_days: number;
  retention_since: string;
}

export function openDefinitions(pool: pg.Pool): Definitions {
  return {
    create: (definition, events) =>
      transaction(pool, "creating a definition", async (transaction) => {
        const { name, createdAt, retentionDays } = definition;
        const created = await transaction.query({ ...CREATE, values: valuesOf(definition) });
        if (created.rows.length === 0) throw duplicate(name);
        transaction.atCommit(know(name, rulesOf(definition), retentionDays, createdAt));
        if (events.length > 0) transaction.atCommit(addEvents(events));
      }),

    async find(name) {
      const [row] = await query<DefinitionRow>(pool, "finding a definition", { ...FIND, values: [name] });
      return row?.definition;
    },

    async types(names) {
      const rows = await query<{ name: string; metric_type: MetricType }>(pool, "reading metrics' types", {
        ...TYPES,
        values: [textArray(names)],
      });
      return new Map(rows.map(({ name, metric_type }) => [name, metric_type]));
    },

    async list(filter) {
      const values = filterOf(filter);
      const page = { ...LIST, values: [...values, filter.limit, filter.offset] };
      const [rows, [counted]] = await Promise.all([
        query<DefinitionRow>(pool, "listing definitions", page),
        query<{ count: string }>(pool, "counting definitions", { ...COUNT, values }),
      ]);
      return { definitions: rows.map(({ definition }) => definition), count: Number(counted?.count) };
    },

    remove: (name, at) =>
      transaction(pool, "removing a definition", async (transaction) => {
        const removed = await transaction.query({ ...REMOVE, values: [name] });
        if (removed.rows.length === 0) return false;
        transaction.atCommit(know(name, undefined, RETENTION_DAYS.default, at));
        return true;
      }),

    async changes(after, limit) {
      const rows = await query<KnownRow>(pool, "reading definitions", { ...CHANGES, values: [after, limit] });
      return { metrics: rows.map(knownOf), revision: Number(rows.at(-1)?.revision ?? after) };
    },
  };
}

const know = (name: string, rules: ValueRules | undefined, days: number, decidedAt: Micros) => ({
  ...KNOW,
  values: [name, rules ? JSON.stringify(rules) : null, days, decidedAt + RETENTION_LEAD],
});

const filterOf = ({ dataType, metricType }: DefinitionFilter) => [dataType ?? null, metricType ?? null];

const valuesOf = (definition: MetricDefinition) => [
  definition.name,
  definition.metricId,
  JSON.stringify(definition),
  definition.dataType,
  definition.metricType,
];

const rulesOf = ({ dataType, minValue, maxValue }: MetricDefinition): ValueRules => ({
  dataType,
  ...(minValue !== undefined && { minValue }),
  ...(maxValue !== undefined && { maxValue }),
});

const knownOf = ({ name, rules, retention_days, retention_since }: KnownRow): KnownMetric => ({
  name,
  ...(rules && { rules }),
  retention: { days: retention_days, since: Number(retention_since) },
});

const duplicate = (name: string) =>
  new RefusedError(409, `there is a definition of "${name}" already`, [
    { path: "name", message: "exists already" },
  ]);
