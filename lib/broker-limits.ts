import type { EnvironmentSettings } from "./environments.ts";

type BrokerSettings = EnvironmentSettings["broker"];

/** Connections that a broker takes ("Quotas in Amazon MQ", "RabbitMQ sizing guidelines"): per node. */
const connectionsBySize: Readonly<Record<string, number>> = {
  "mq.m7g.medium": 300,
  "mq.m7g.large": 5_000,
  "mq.m7g.xlarge": 10_000,
  "mq.m7g.2xlarge": 20_000,
  "mq.m7g.4xlarge": 40_000,
};

/** Taken as the whole broker's: nothing says that clients spread evenly over a cluster's nodes. */
export function connectionLimit({ instanceType }: Pick<BrokerSettings, "instanceType">): number {
  const limit = connectionsBySize[instanceType];
  if (limit === undefined) throw new Error(`lib/broker-limits.ts: no limit is known of ${instanceType}`);
  return limit;
}

export const nodesOf = ({ deploymentMode }: Pick<BrokerSettings, "deploymentMode">): number =>
  deploymentMode === "CLUSTER_MULTI_AZ" ? 3 : 1;
