import { Client } from "pg";
import type { RunningPlatform } from "../bench.ts";
import type { Claim } from "../claim.ts";
import type { HttpRequest } from "../http.ts";
import { deviceId, hoursAgo } from "../points.ts";
import { responseTimes } from "../response-times.ts";

const KEPT = 10_000;
const HOURS = 12;
const BATCHES = 200;
const PER_SECOND = 50;

const get = (path: string): HttpRequest => ({ method: "GET", path: `/api/v1/telemetry${path}` });
const enable: HttpRequest = {
  method: "PUT",
  path: "/api/v1/telemetry/alerts/rules/rul_1/enable",
  body: '{"enabled":true}',
};

const asked: readonly { claim: string; request: HttpRequest; belowMs: number; ids: readonly string[] }[] = [
  {
    claim: "a page of 100 metric definitions of",
    request: get("/metrics"),
    belowMs: 100,
    ids: ["E2-US2 AC5"],
  },
  { claim: "one metric definition of", request: get("/metrics/metric_1"), belowMs: 50, ids: ["E2-US3 AC3"] },
  { claim: "a page of 100 alert rules of", request: get("/alerts/rules"), belowMs: 100, ids: ["E4-US2 AC5"] },
  { claim: "one alert rule of", request: get("/alerts/rules/rul_1"), belowMs: 50, ids: ["E4-US3 AC4"] },
  { claim: "turning on one alert rule of", request: enable, belowMs: 50, ids: ["E4-US4 AC5"] },
  { claim: "a page of 100 alerts of", request: get("/alerts"), belowMs: 100, ids: ["E4-US5 AC6"] },
];

/** What people who manage the platform wait for, with ten thousand of everything there. */
export const management: Claim = {
  name: "management",
  async run(bench) {
    const platform = await bench.platform();
    const load = await bench.load(platform);
    const kept = bench.scaled(KEPT);
    await fill(platform, kept);
    await load.call("points", { since: hoursAgo(HOURS), round: 0, batches: bench.scaled(BATCHES) });
    const rows = [];
    for (const { claim, request, ...limits } of asked) {
      const named = { claim: `${claim} ${kept}`, requests: [request], perSecond: PER_SECOND, ...limits };
      rows.push(...(await responseTimes(bench, load, named)));
    }
    const ofDevice = { requests: [get(`/devices/${deviceId(1)}/stats`)], belowMs: 200, ids: ["E6-US1 AC7"] };
    const ofAll = { requests: [get("/stats")], belowMs: 300, ids: ["E6-US2 AC7"] };
    rows.push(
      ...(await responseTimes(bench, load, { claim: "statistics of a device", perSecond: 20, ...ofDevice })),
      ...(await responseTimes(bench, load, { claim: "statistics of all devices", perSecond: 10, ...ofAll })),
    );
    return rows;
  },
};

async function fill({ databaseUrl }: RunningPlatform, number: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  for (const statement of [RULES, ALERTS, DEFINITIONS]) await client.query(statement, [number]);
  await client.query("VACUUM ANALYZE");
  await client.end();
}

const RULES = `
  INSERT INTO alert_rules (rule_id, rule, metric_name, level, enabled, created_at, updated_at)
  SELECT 'rul_' || n, json_build_object(
      'ruleId', 'rul_' || n, 'name', 'Rule ' || n, 'metricName', 'metric_' || n, 'condition', '>', 'threshold', 90,
      'deviceGroups', '{}'::text[], 'deviceIds', '{}'::text[], 'evaluationWindowSeconds', 300, 'triggerCount', 3,
      'level', 'warning', 'notificationChannels', '{}'::text[], 'cooldownMinutes', 15, 'autoResolve', true,
      'autoResolveTimeoutSeconds', 600, 'enabled', true, 'tags', '{}'::text[], 'metadata', '{}'::json,
      'createdAt', n, 'createdBy', 'bench', 'updatedAt', n),
    'metric_' || n, 'warning', true, n, n
  FROM generate_series(1, $1::int) AS n`;

const ALERTS = `
  INSERT INTO alerts (alert_id, rule_id, device_id, rule_name, metric_name, level, kind, condition, threshold,
    notification_channels, status, current_value, triggered_at, breaches, last_breach_at, silenced)
  SELECT 'alr_' || n, 'rul_' || n, 'device-' || n, 'Rule ' || n, 'metric_' || n, 'warning', 'threshold', '>', 90,
    '{}', 'active', 95, n, 3, n, false
  FROM generate_series(1, $1::int) AS n`;

const DEFINITIONS = `
  INSERT INTO metric_definitions (name, metric_id, definition, data_type, metric_type)
  SELECT 'metric_' || n, 'met_' || n, json_build_object(
      'metricId', 'met_' || n, 'name', 'metric_' || n, 'dataType', 'numeric', 'metricType', 'gauge',
      'retentionDays', 90, 'aggregationInterval', 60, 'tags', '{}'::text[], 'metadata', '{}'::json,
      'createdAt', n, 'updatedAt', n, 'createdBy', 'bench'),
    'numeric', 'gauge'
  FROM generate_series(1, $1::int) AS n`;
