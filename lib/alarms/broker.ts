import { connectionLimit, nodesOf } from "../broker-limits.ts";
import { type AlarmRow, type Metric, minutes, type Watched } from "./alarm-row.ts";

/** "Monitoring Amazon MQ brokers using CloudWatch": the dimension is the broker's name. */
const measure = ({ settings }: Watched, name: string, statistic: Metric["statistic"]): Metric => ({
  namespace: "AWS/AmazonMQ",
  name,
  dimensions: { Broker: `telemetry-${settings.name}` },
  statistic,
});

/** Every node is measured once a minute; two measurements in five minutes may be late. */
const EXPECTED_PER_NODE = 5;
const LATE = 2;

export function brokerAlarms(watched: Watched): AlarmRow[] {
  const { settings } = watched;
  const nodes = nodesOf(settings.broker);
  const limit = connectionLimit(settings.broker);
  return [
    {
      article: "broker-memory",
      severity: "page",
      means: "RabbitMQ has used over 80 % of the memory at which it stops taking messages",
      measured: {
        formula: "100 * used / limit",
        of: {
          used: measure(watched, "RabbitMQMemUsed", "Maximum"),
          limit: measure(watched, "RabbitMQMemLimit", "Minimum"),
        },
      },
      breaches: { above: 80 },
      ...minutes(5),
      silence: "notBreaching",
    },
    {
      article: "broker-disk",
      severity: "page",
      means: "RabbitMQ has less than three times the disk left at which it stops taking messages",
      measured: {
        formula: "free / limit",
        of: {
          free: measure(watched, "RabbitMQDiskFree", "Minimum"),
          limit: measure(watched, "RabbitMQDiskFreeLimit", "Maximum"),
        },
      },
      breaches: { below: 3 },
      ...minutes(5),
      silence: "notBreaching",
    },
    {
      article: "broker-connections",
      severity: "page",
      means: `over 80 % of the ${limit} connections that the broker takes are in use`,
      measured: measure(watched, "ConnectionCount", "Maximum"),
      breaches: { above: Math.floor(0.8 * limit) },
      ...minutes(5),
      silence: "notBreaching",
    },
    {
      article: "broker-cpu",
      severity: "warn",
      means: "a node of the broker has been busier than 80 % for a quarter of an hour",
      measured: measure(watched, "SystemCpuUtilization", "Maximum"),
      breaches: { above: 80 },
      ...minutes(15),
      silence: "notBreaching",
    },
    {
      article: "broker-nodes",
      severity: "page",
      means: `fewer than ${nodes} nodes of the broker have said anything for ten minutes`,
      measured: {
        query: `SELECT COUNT(SystemCpuUtilization) FROM SCHEMA("AWS/AmazonMQ", Broker, Node) WHERE Broker = 'telemetry-${settings.name}'`,
      },
      breaches: { below: nodes * EXPECTED_PER_NODE - LATE },
      periodSeconds: 300,
      periods: { of: 2, breaching: 2 },
      silence: "breaching",
    },
  ];
}
