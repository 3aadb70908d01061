import { type Answer, call } from "../../api/call.ts";
import { type Query, usePolling } from "../../api/use-query.ts";
import type { ChartRange } from "../../components/chart.tsx";
import { isoTime, type Question } from "./question.ts";

export type Alert = Answer<"listAlerts">["alerts"][number];
export type Rule = Answer<"listRules">["rules"][number];

/** Alerts of the range, and the rules in force, of these devices and metrics. */
export interface Alerting {
  alerts: readonly Alert[];
  /** There are more than were asked for. */
  isPart: boolean;
  rules: readonly Rule[];
}

type Asked = Pick<Question, "devices" | "metrics">;

const MOST = 1_000;
/** Up to so many are asked for one by one; of more all alerts are searched. */
const FEW = 5;

export function useAlerting(
  key: string,
  asked: Asked,
  rangeNow: () => ChartRange,
  everyMs: number | undefined,
): Query<Alerting> {
  return usePolling(
    key && `alerting ${key}`,
    async (signal) => {
      const [alerts, rules] = await Promise.all([
        alertsOf(asked, rangeNow(), signal),
        rulesOf(asked, signal),
      ]);
      return { ...alerts, rules };
    },
    everyMs === undefined ? {} : { everyMs },
  );
}

async function alertsOf(
  { devices, metrics }: Asked,
  { from, to }: ChartRange,
  signal: AbortSignal,
): Promise<Pick<Alerting, "alerts" | "isPart">> {
  const range = { start_time: isoTime(from), end_time: isoTime(to + 1), limit: MOST };
  const queries = devices.length <= FEW ? devices.map((device_id) => ({ ...range, device_id })) : [range];
  const answers = await Promise.all(queries.map((query) => call("listAlerts", { query }, { signal })));
  const alerts = answers
    .flatMap((answer) => answer.alerts)
    .filter(({ device_id, metric_name }) => devices.includes(device_id) && metrics.includes(metric_name))
    .sort((a, b) => Date.parse(b.triggered_at) - Date.parse(a.triggered_at));
  return { alerts, isPart: answers.some((answer) => answer.count > answer.alerts.length) };
}

async function rulesOf({ devices, metrics }: Asked, signal: AbortSignal): Promise<Rule[]> {
  const some = { enabled: "true", limit: MOST } as const;
  const queries = metrics.length <= FEW ? metrics.map((metric_name) => ({ ...some, metric_name })) : [some];
  const answers = await Promise.all(queries.map((query) => call("listRules", { query }, { signal })));
  return answers
    .flatMap(({ rules }) => rules)
    .filter((rule) => metrics.includes(rule.metric_name) && mayConcern(rule, devices));
}

/** Who is in a group is not known here: such a rule is shown, and says so itself. */
const mayConcern = ({ device_ids, device_groups }: Rule, devices: readonly string[]): boolean =>
  (device_ids.length === 0 && device_groups.length === 0) ||
  device_groups.length > 0 ||
  device_ids.some((id) => devices.includes(id));
