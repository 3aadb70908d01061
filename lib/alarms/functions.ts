import { manifest } from "../../functions/manifest.ts";
import type { FunctionRow } from "../../functions/manifest-row.ts";
import { ownMetrics } from "../../layers/core/own-metrics.ts";
import { type AlarmRow, type Metric, minutes, type Watched } from "./alarm-row.ts";
import { ownMetric } from "./queues.ts";

export function functionAlarms(watched: Watched): AlarmRow[] {
  const environment = watched.settings.name;
  return [
    ...manifest.flatMap((row) => [
      errorsAlarm(row, environment),
      throttlesAlarm(row, environment),
      durationAlarm(row, environment),
      ...silenceAlarms(row, environment),
    ]),
    outboxAlarm(environment),
    ...spoolAlarms(environment),
    ...auditAlarms(environment),
  ];
}

const measure = (name: string, fn: string, environment: string, statistic: Metric["statistic"]): Metric => ({
  namespace: "AWS/Lambda",
  name,
  dimensions: { FunctionName: `telemetry-${environment}-${fn}` },
  statistic,
});

/** Behind API Gateway a failed run is one 5xx answer, and those are counted there. */
const isWorker = ({ triggers }: FunctionRow): boolean =>
  triggers.some(({ kind }) => kind === "queue" || kind === "schedule" || kind === "sns" || kind === "deploy");

const errorsAlarm = (row: FunctionRow, environment: string): AlarmRow => ({
  article: isWorker(row) ? "worker-errors" : "handler-errors",
  of: row.name,
  severity: isWorker(row) ? "page" : "warn",
  measured: measure("Errors", row.name, environment, "Sum"),
  breaches: { above: 0 },
  ...failing(row),
  silence: "notBreaching",
});

/** What runs once an hour fails once an hour: it has no three minutes. */
function failing({ name, triggers }: FunctionRow): Pick<AlarmRow, "means" | "periodSeconds" | "periods"> {
  const paces = triggers.flatMap((trigger) => (trigger.kind === "schedule" ? trigger.everySeconds : 60));
  const periodSeconds = Math.max(60, ...paces);
  return periodSeconds > 60
    ? { means: `${name} has failed`, periodSeconds, periods: { of: 1, breaching: 1 } }
    : {
        means: `${name} has failed in three of five minutes`,
        periodSeconds,
        periods: { of: 5, breaching: 3 },
      };
}

const throttlesAlarm = ({ name }: FunctionRow, environment: string): AlarmRow => ({
  article: "function-throttles",
  of: name,
  severity: "warn",
  means: `${name} was asked for more often than it may run at a time`,
  measured: measure("Throttles", name, environment, "Sum"),
  breaches: { above: 0 },
  periodSeconds: 60,
  periods: { of: 5, breaching: 3 },
  silence: "notBreaching",
});

const durationAlarm = ({ name, timeoutSeconds }: FunctionRow, environment: string): AlarmRow => ({
  article: "function-duration",
  of: name,
  severity: "warn",
  means: `${name} runs for over 80 % of the ${timeoutSeconds} s after which it is cut off`,
  measured: measure("Duration", name, environment, "Maximum"),
  breaches: { above: 0.8 * timeoutSeconds * 1_000 },
  periodSeconds: 60,
  periods: { of: 15, breaching: 3 },
  silence: "notBreaching",
});

/** Alarms look back a day at most. */
function silenceAlarms({ name, triggers }: FunctionRow, environment: string): AlarmRow[] {
  return triggers.flatMap((trigger): AlarmRow[] => {
    if (trigger.kind !== "schedule") return [];
    const periodSeconds = Math.max(300, trigger.everySeconds);
    return [
      {
        article: "schedule-silent",
        of: name,
        severity: "page",
        means: `${name} should run every ${trigger.everySeconds} s, and did not`,
        measured: measure("Invocations", name, environment, "Sum"),
        breaches: { below: 1 },
        periodSeconds,
        periods: { of: 2, breaching: 2 },
        silence: "breaching",
      },
    ];
  });
}

/** It fails as long as it cannot publish; nothing else knows how much is left. */
const outboxAlarm = (environment: string): AlarmRow => ({
  article: "outbox-stuck",
  severity: "page",
  means: "events that were committed have not been published for five minutes: alerts among them page nobody",
  measured: measure("Errors", "publish-outbox", environment, "Sum"),
  breaches: { above: 0 },
  ...minutes(5),
  silence: "notBreaching",
});

const spoolAlarms = (environment: string): AlarmRow[] => [
  {
    article: "spool-waiting",
    severity: "warn",
    means: "messages wait in the spool: the broker was away when they were acknowledged",
    measured: ownMetric(ownMetrics.spoolMessages, environment, "drain-spool"),
    breaches: { above: 0 },
    ...minutes(3),
    silence: "notBreaching",
  },
  {
    article: "spool-age",
    severity: "page",
    means: "messages have waited in the spool for a quarter of an hour",
    measured: ownMetric(ownMetrics.spoolAge, environment, "drain-spool"),
    breaches: { above: 900 },
    ...minutes(2),
    silence: "notBreaching",
  },
];

const auditAlarms = (environment: string): AlarmRow[] => [
  {
    article: "audit-unsealed",
    severity: "page",
    means: "the audit cannot be sealed: what was sealed before does not stand in it any more, or has no lock",
    measured: ownMetric(ownMetrics.auditUnsealed, environment, "seal-audit"),
    breaches: { above: 0 },
    periodSeconds: 3_600,
    periods: { of: 1, breaching: 1 },
    silence: "notBreaching",
  },
];
