import { Client } from "pg";
import type { RunningPlatform } from "../bench.ts";
import { atLeastOfFloor, below, type Claim, ms, perSecond } from "../claim.ts";
import { interleave, median, percentile } from "../measure.ts";
import { BATCH, hoursAgo } from "../points.ts";
import { raiseAlerts } from "../raised.ts";
import { expectStored } from "../stored.ts";

const RULES = 10_000;
const HOURS = 12;
const BATCHES = 100;
const ALERTS = 100;

/** Rules beside the points: what they take from recording, and how soon they raise an alert. */
export const alerting: Claim = {
  name: "alerting",
  async run(bench) {
    const batches = bench.scaled(BATCHES);
    const since = hoursAgo(HOURS);
    const rate = (milliseconds: number) => (batches * BATCH * 1_000) / milliseconds;
    const [without, ruled] = [await bench.platform(), await bench.platform()];
    const rules = bench.scaled(RULES);
    await addRules(ruled, rules);
    const loads = { without: await bench.load(without), ruled: await bench.load(ruled) };
    const measured = (which: keyof typeof loads, platform: RunningPlatform) => async (round: number) => {
      const { queryableMs } = await loads[which].call("points", { since, round, batches });
      await expectStored(platform, (round + 1) * batches * BATCH);
      return rate(queryableMs);
    };
    const rates = await interleave(bench.rounds, {
      floor: measured("without", without),
      ours: measured("ruled", ruled),
    });
    const times = await raiseAlerts(ruled, ALERTS);
    return [
      {
        claim: `points until queryable beside ${rules} rules; floor: beside none`,
        ours: median(rates.ours),
        floor: median(rates.floor),
        unit: perSecond,
        reach: atLeastOfFloor(0.8),
      },
      {
        claim: `a point sent until its alert is listed, ${rules} rules: p95`,
        ours: percentile(times, 0.95),
        p50: percentile(times, 0.5),
        unit: ms,
        reach: below(2_000, ms),
        ids: ["FR-014"],
      },
    ];
  },
};

/** For the metrics that are sent, half of them for one device each; none of them ever holds. */
async function addRules({ databaseUrl }: RunningPlatform, number: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `INSERT INTO alert_rules (rule_id, rule, metric_name, level, enabled, created_at, updated_at)
     SELECT 'rul_bench' || n, json_build_object(
         'ruleId', 'rul_bench' || n, 'name', 'Rule ' || n, 'metricName', metric, 'condition', '>',
         'threshold', 1000000 + n, 'deviceGroups', '{}'::text[],
         'deviceIds', CASE WHEN n % 10 > 0 THEN ARRAY['device-' || lpad((n % 20)::text, 3, '0')] ELSE '{}'::text[] END,
         'evaluationWindowSeconds', 300, 'triggerCount', 3, 'level', 'warning', 'notificationChannels', '{}'::text[],
         'cooldownMinutes', 15, 'autoResolve', true, 'autoResolveTimeoutSeconds', 600, 'enabled', true,
         'tags', '{}'::text[], 'metadata', '{}'::json, 'createdAt', 0, 'createdBy', 'bench', 'updatedAt', 0),
       metric, 'warning', true, 0, 0
     FROM generate_series(1, $1::int) AS n,
       LATERAL (SELECT ('{temperature,humidity,pressure,voltage,current}'::text[])[n % 5 + 1] AS metric) AS m`,
    [number],
  );
  await client.end();
}
