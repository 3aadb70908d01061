import { type AlarmRow, type Metric, minutes, type Watched } from "./alarm-row.ts";

const rest = ({ settings }: Watched, name: string, statistic: Metric["statistic"]): Metric => ({
  namespace: "AWS/ApiGateway",
  name,
  dimensions: { ApiName: `telemetry-${settings.name}`, Stage: settings.name },
  statistic,
});

const sockets = (
  { settings, socketApiId }: Watched,
  name: string,
  statistic: Metric["statistic"],
): Metric => ({
  namespace: "AWS/ApiGateway",
  name,
  dimensions: { ApiId: socketApiId, Stage: settings.name },
  statistic,
});

/** Exports stream for minutes, and are in the same metric: percentiles are told, the slowest is not. */
const latency = (watched: Watched, percentile: 95 | 99, aboveMs: number): AlarmRow => ({
  article: `api-latency-p${percentile}`,
  severity: "warn",
  means: `one of ${percentile === 95 ? "20" : "100"} answers of the API takes longer than ${aboveMs} ms`,
  measured: rest(watched, "Latency", `p${percentile}`),
  breaches: { above: aboveMs },
  ...minutes(10),
  silence: "notBreaching",
});

export const apiAlarms = (watched: Watched): AlarmRow[] => [
  {
    article: "api-errors",
    severity: "page",
    means: "over 2 % of the API's answers are its own fault (5xx)",
    measured: {
      formula: "IF(requests > 20, 100 * errors / requests, 0)",
      of: { errors: rest(watched, "5XXError", "Sum"), requests: rest(watched, "Count", "Sum") },
    },
    breaches: { above: 2 },
    ...minutes(5),
    silence: "notBreaching",
  },
  latency(watched, 95, 2_000),
  latency(watched, 99, 10_000),
  {
    article: "socket-errors",
    severity: "warn",
    means: "events of WebSocket connections fail: nobody new gets in, or nobody is heard",
    measured: {
      // Each has a value in those minutes only in which it happened.
      formula: "FILL(execution, 0) + FILL(integration, 0)",
      of: {
        execution: sockets(watched, "ExecutionError", "Sum"),
        integration: sockets(watched, "IntegrationError", "Sum"),
      },
    },
    breaches: { above: 0 },
    ...minutes(5),
    silence: "notBreaching",
  },
  {
    article: "cdn-errors",
    severity: "warn",
    means: "over 2 % of CloudFront's answers are failures (5xx)",
    measured: {
      namespace: "AWS/CloudFront",
      name: "5xxErrorRate",
      dimensions: { DistributionId: watched.distributionId, Region: "Global" },
      statistic: "Average",
      region: "us-east-1",
    },
    breaches: { above: 2 },
    ...minutes(5),
    silence: "notBreaching",
    onlyIn: "us-east-1",
  },
];
