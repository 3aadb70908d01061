import type pg from "pg";
import { sha256 } from "../../../core/ids.ts";
import { numberArray, textArray } from "../../postgres/arrays.ts";
import { query } from "../../postgres/transaction.ts";
import type { Usage, UsageCount, UsageDuration, UsageRange } from "../port.ts";
import { HOUR, minuteOf, partsOf, spans, startOf } from "./usage-spans.ts";

const SPANS = `(VALUES ${spans.map((span) => `(${span})`).join()}) AS spans (span)`;

// Grouped, since one statement may not touch a row twice; sorted, so that writers never wait for each other in a
// circle. The same holds for durations, and counts always come before durations.
const COUNT = {
  name: "usage.count",
  text: `
    INSERT INTO usage_counts AS stored
      (span, start, labels, type, vendor, tier, endpoint, cache, outcome, count)
    SELECT span, minute - minute % span AS start, labels, type, vendor, tier, endpoint, cache, outcome, sum(count)
    FROM unnest($1::int[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])
      AS counted (minute, labels, type, vendor, tier, endpoint, cache, outcome, count)
    CROSS JOIN ${SPANS}
    GROUP BY span, start, labels, type, vendor, tier, endpoint, cache, outcome
    ORDER BY span, start, labels
    ON CONFLICT (span, start, labels) DO UPDATE SET count = stored.count + excluded.count`,
};

const MEASURE = {
  name: "usage.measure",
  text: `
    INSERT INTO usage_durations AS stored (span, start, labels, bucket, measure, endpoint, count, sum_ms)
    SELECT span, minute - minute % span AS start, labels, bucket, measure, endpoint, sum(count), sum(sum_ms)
    FROM unnest($1::int[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::bigint[], $7::float8[])
      AS measured (minute, labels, bucket, measure, endpoint, count, sum_ms)
    CROSS JOIN ${SPANS}
    GROUP BY span, start, labels, bucket, measure, endpoint
    ORDER BY span, start, labels, bucket
    ON CONFLICT (span, start, labels, bucket)
    DO UPDATE SET count = stored.count + excluded.count, sum_ms = stored.sum_ms + excluded.sum_ms`,
};

// Part by part by the primary key: OFFSET 0 keeps PostgreSQL from taking the parts for a join, which it would do by
// reading the whole table.
const inParts = (table: string) => `
  unnest($1::smallint[], $2::int[], $3::int[]) AS part (span, first, past)
  CROSS JOIN LATERAL (
    SELECT * FROM ${table} AS stored
    WHERE stored.span = part.span AND start >= first AND start < past OFFSET 0
  ) AS found`;

const COUNTS = {
  name: "usage.counts",
  text: `
    SELECT type, vendor, tier, endpoint, cache, outcome, sum(count)::float8 AS count
    FROM ${inParts("usage_counts")}
    GROUP BY type, vendor, tier, endpoint, cache, outcome
    ORDER BY type, vendor, tier, endpoint, cache, outcome`,
};

const DURATIONS = {
  name: "usage.durations",
  text: `
    SELECT measure, endpoint, bucket, sum(count)::float8 AS count, sum(sum_ms) AS "sumMs"
    FROM ${inParts("usage_durations")}
    GROUP BY measure, endpoint, bucket
    ORDER BY measure, endpoint, bucket`,
};

const HOURLY = {
  name: "usage.hourly",
  text: `
    SELECT start - start % ${HOUR} AS hour, type, sum(count)::float8 AS count
    FROM ${inParts("usage_counts")}
    GROUP BY hour, type
    ORDER BY hour, type`,
};

export function openUsage(pool: pg.Pool): Usage {
  return {
    async measured(durations) {
      if (durations.length > 0) await query(pool, "adding durations", addDurations(durations));
    },

    counts: (range) => query(pool, "reading usage", { ...COUNTS, values: valuesOf(range) }),

    durations: (range) => query(pool, "reading durations", { ...DURATIONS, values: valuesOf(range) }),

    async hourly(range) {
      const rows = await query<{ hour: number; type: string; count: number }>(pool, "reading usage by hour", {
        ...HOURLY,
        values: valuesOf(range, HOUR),
      });
      return rows.map(({ hour, ...rest }) => ({ hour: startOf(hour), ...rest }));
    },
  };
}

/** For the inbox's transaction. */
export const addCounts = (counts: readonly UsageCount[]): pg.QueryConfig => ({
  ...COUNT,
  values: [
    numberArray(counts.map(({ minute }) => minuteOf(minute))),
    textArray(
      counts.map((row) => hashOf(row.type, row.vendor, row.tier, row.endpoint, row.cache, row.outcome)),
    ),
    textArray(counts.map(({ type }) => type)),
    textArray(counts.map(({ vendor }) => vendor)),
    textArray(counts.map(({ tier }) => tier)),
    textArray(counts.map(({ endpoint }) => endpoint)),
    textArray(counts.map(({ cache }) => cache)),
    textArray(counts.map(({ outcome }) => outcome)),
    numberArray(counts.map(({ count }) => count)),
  ],
});

/** For the inbox's transaction. */
export const addDurations = (durations: readonly UsageDuration[]): pg.QueryConfig => ({
  ...MEASURE,
  values: [
    numberArray(durations.map(({ minute }) => minuteOf(minute))),
    textArray(durations.map(({ measure, endpoint }) => hashOf(measure, endpoint))),
    numberArray(durations.map(({ bucket }) => bucket)),
    textArray(durations.map(({ measure }) => measure)),
    textArray(durations.map(({ endpoint }) => endpoint)),
    numberArray(durations.map(({ count }) => count)),
    numberArray(durations.map(({ sumMs }) => sumMs)),
  ],
});

function valuesOf(range: UsageRange, longest?: number): string[] {
  const parts = partsOf(range, longest);
  return [
    numberArray(parts.map(({ span }) => span)),
    numberArray(parts.map(({ start }) => start)),
    numberArray(parts.map(({ end }) => end)),
  ];
}

/** As PostgreSQL reads a uuid. JSON, so that no two lists of labels are written alike. */
const hashOf = (...labels: string[]): string => sha256(JSON.stringify(labels)).toString("hex", 0, 16);
