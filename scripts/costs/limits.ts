import { LOGICAL_PARTITIONS } from "../../layers/core/partition.ts";
import { assumed } from "./assumptions.ts";
import { keptGb } from "./monthly.ts";

export interface Limit {
  part: string;
  /** How much of it points take, at so many a second. */
  takes(pointsPerSecond: number): number;
  /** Where it ends, and who says so. */
  ends: number;
  said: string;
  /** What to do before it does. */
  remedy: string;
}

const requests = (pointsPerSecond: number) => pointsPerSecond / assumed("pointsPerRequest");
const busy = (pointsPerSecond: number) => Math.ceil(requests(pointsPerSecond) * assumed("secondsPerRequest"));

export const limits: readonly Limit[] = [
  {
    part: "queues of recording (`partitions`)",
    takes: (points) => Math.ceil(points / assumed("pointsPerQueue")),
    ends: LOGICAL_PARTITIONS,
    said: "layers/core/partition.ts: one invocation at a time per queue",
    remedy:
      "give record-points more memory; have AWS Support raise the concurrency of its mappings; then a second environment for some of the devices",
  },
  {
    part: "messages/s into the broker's queues",
    takes: (points) => requests(points) * assumed("messagesPerRequest") * assumed("copiesPerMessage"),
    ends: 8_000,
    said: "measured on one node with 2 cores (quorum queues)",
    remedy:
      "a larger `broker.instanceType`; larger requests from gateways: what counts is requests, not points",
  },
  {
    part: "connections to the broker (mq.m7g.medium)",
    takes: (points) => busy(points) + 30,
    ends: 300,
    said: "Amazon MQ, resource limits; mq.m7g.large has 5,000",
    remedy: "mq.m7g.large",
  },
  {
    part: "functions at the same time",
    takes: (points) => busy(points) + 2 * Math.ceil(points / assumed("pointsPerQueue")) + 10,
    ends: 1_000,
    said: "Lambda quotas; new accounts begin with fewer",
    remedy: "Service Quotas, L-B99A9384",
  },
  {
    part: "requests/s to the API",
    takes: requests,
    ends: 10_000,
    said: "API Gateway quotas, per account and region",
    remedy: "larger requests; Service Quotas",
  },
  {
    part: "capacity of the database (ACU), measurements in PostgreSQL",
    takes: (points) => Math.ceil(points / assumed("pointsPerAcu")),
    ends: 256,
    said: "Aurora Serverless v2",
    remedy: "`database.maxCapacity`; from about 32 ACU all day long provisioned instances are cheaper",
  },
  {
    part: "storage of the database (GB), measurements in PostgreSQL",
    takes: (points) => Math.ceil(keptGb(points)),
    ends: 128_000,
    said: "Aurora: 128 TiB",
    remedy:
      "shorter `retention_days` for what is seldom asked for; Timestream, where the account may have it; Aurora I/O-Optimized where I/O is a quarter of the bill",
  },
];
