import type { HttpRequest } from "./http.ts";
import { deviceId, SEEDED_METRIC as METRIC } from "./points.ts";
import type { ResponseTimes } from "./response-times.ts";

// What is asked of the seeded points, and what somebody who knows the tables would ask PostgreSQL instead.

export interface Question extends Omit<ResponseTimes, "floor"> {
  /** The same question in bare SQL: which statement, and its parameters for each request. */
  statement?: keyof typeof bare;
  parameters?: readonly (readonly unknown[])[];
}

const SERIES = "(SELECT id FROM series WHERE device_id = $1 AND metric_name = $2)";

export const bare = {
  latest: `
    SELECT time, value, unit, tags, metadata FROM points
    WHERE series_id = ${SERIES} AND retention_class = 90 AND time >= $3
    ORDER BY time DESC LIMIT 1`,
  "hourly-of-one": `
    SELECT time - time % 3600000000 AS start, avg(value) AS value FROM points
    WHERE series_id = ${SERIES} AND retention_class = 90 AND time >= $3 AND time < $4
    GROUP BY start ORDER BY start`,
  "hourly-of-all": `
    SELECT time - time % 3600000000 AS start, avg(value) AS value FROM points
    WHERE series_id = ANY (ARRAY (SELECT id FROM series WHERE metric_name = $1))
      AND retention_class = 90 AND time >= $2 AND time < $3
    GROUP BY start ORDER BY start`,
} as const;

const DAY_MS = 86_400_000;

/** What a page of charts asks all the time. @param now milliseconds since the Unix epoch, when the points end */
export function charts(now: number, devices: number): Question[] {
  const day = now - DAY_MS;
  const each = devicesOf(devices);
  return [
    {
      claim: "latest value",
      requests: each.map((device) => get(`devices/${device}/metrics/${METRIC}/latest`)),
      statement: "latest",
      parameters: each.map((device) => [device, METRIC, micros(day)]),
      ...{ perSecond: 100, belowMs: 50, ids: ["E3-US2 AC5"] },
    },
    {
      claim: "24 h of one series in hourly buckets",
      requests: each.map((device) => query({ devices: [device], ...range(day, now), ...HOURLY })),
      statement: "hourly-of-one",
      parameters: each.map((device) => [device, METRIC, micros(day), micros(now)]),
      ...{ perSecond: 50, belowMs: 200 },
    },
    {
      claim: "24 h of one series, each of the 1,440 points",
      requests: each.map((device) =>
        get(`devices/${device}/metrics/${METRIC}/range?time_range=24h&limit=2000`),
      ),
      ...{ perSecond: 20, belowMs: 200, ids: ["E3-US4 AC5"] },
    },
    {
      claim: "24 h of 100 devices together in hourly buckets",
      requests: [aggregated(day, now)],
      statement: "hourly-of-all",
      parameters: [[METRIC, micros(day), micros(now)]],
      ...{ perSecond: 10, belowMs: 300, ids: ["E3-US5 AC5"] },
    },
  ];
}

export function rest(now: number, devices: number): Question[] {
  const week = now - 7 * DAY_MS;
  const each = devicesOf(devices);
  return [
    {
      claim: "a week of one series, 10,000 of its points",
      requests: each.map((device) => query({ devices: [device], ...range(week, now), limit: 10_000 })),
      ...{ perSecond: 10, belowMs: 500, ids: ["E3-US1 AC6"] },
    },
    {
      claim: "the names of a device's metrics",
      requests: each.map((device) => get(`devices/${device}/metrics`)),
      ...{ perSecond: 50, belowMs: 100, ids: ["E3-US3 AC4"] },
    },
    {
      claim: "7 days of 100 devices together in hourly buckets",
      requests: [aggregated(week, now)],
      statement: "hourly-of-all",
      parameters: [[METRIC, micros(week), micros(now)]],
      ...{ perSecond: 2, belowMs: 300, ids: ["E3-US5 AC5"] },
    },
  ];
}

const devicesOf = (devices: number): string[] =>
  Array.from({ length: devices }, (_, device) => deviceId(device));
const micros = (ms: number): number => ms * 1_000;

const HOURLY = { aggregation: "avg", interval: 3_600 };
const range = (from: number, to: number) => ({
  start_time: new Date(from).toISOString(),
  end_time: new Date(to).toISOString(),
});

const get = (path: string): HttpRequest => ({ method: "GET", path: `/api/v1/telemetry/${path}` });

const query = (body: object): HttpRequest => ({
  method: "POST",
  path: "/api/v1/telemetry/query",
  body: JSON.stringify({ metrics: [METRIC], ...body }),
});

function aggregated(from: number, to: number): HttpRequest {
  const of = { metric_name: METRIC, aggregation_type: "avg", interval: "3600" };
  return get(`aggregated?${new URLSearchParams({ ...of, ...range(from, to) })}`);
}
