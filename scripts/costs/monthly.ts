import { manifest } from "../../functions/manifest.ts";
import { brokerUsers } from "../../layers/topology/broker-users.ts";
import type { EnvironmentSettings } from "../../lib/environments.ts";
import { assumed, HOURS_PER_MONTH, SECONDS_PER_MONTH } from "./assumptions.ts";
import { prices } from "./prices.ts";

const ZONES = 2;
const SECONDS_PER_DAY = 86_400;
const BYTES_PER_GB = 1e9;
const MILLION = 1e6;

export interface Cost {
  part: string;
  /** What is paid for, in words. */
  of: string;
  usd: number;
}

const brokerHour = {
  "mq.m7g.medium": prices.brokerMedium,
  "mq.m7g.large": prices.brokerLarge,
  "mq.m7g.xlarge": prices.brokerXlarge,
  "mq.m7g.2xlarge": prices.broker2xlarge,
  "mq.m7g.4xlarge": prices.broker4xlarge,
} as const;

const searchHour: Readonly<Record<string, number>> = {
  "m7g.medium.search": prices.openSearchMedium.usd,
  "m7g.large.search": prices.openSearchLarge.usd,
};

/** What an environment costs a month while nothing is sent. */
export function fixedCosts(settings: EnvironmentSettings): Cost[] {
  const { broker, database, natGateways, search } = settings;
  const nodes = broker.deploymentMode === "CLUSTER_MULTI_AZ" ? 3 : 1;
  const instances = 1 + database.readers;
  // The services', and the administrator's, the bootstrap key, whom to page, the database's own.
  const secrets = brokerUsers(broker.applications).length + 4;
  const hourly = (usd: number) => usd * HOURS_PER_MONTH;
  return [
    {
      part: "broker",
      of: `${nodes} × ${broker.instanceType}, ${assumed("brokerStorageGb")} GB each`,
      usd:
        nodes *
        (hourly(brokerHour[broker.instanceType].usd) + assumed("brokerStorageGb") * prices.brokerStorage.usd),
    },
    {
      part: "database",
      of: `${instances} × ${database.minCapacity} ACU, ${assumed("databaseGb")} GB`,
      usd:
        instances * database.minCapacity * hourly(prices.auroraCapacity.usd) +
        assumed("databaseGb") * prices.auroraStorage.usd,
    },
    ...(search === null ? [] : [openSearchCost(search)]),
    {
      part: "network",
      of: `${natGateways} NAT gateways, ${assumed("endpoints")} endpoints in ${ZONES} zones`,
      usd: hourly(natGateways * prices.natHour.usd + assumed("endpoints") * ZONES * prices.endpointHour.usd),
    },
    { part: "secrets", of: `${secrets}`, usd: secrets * prices.secret.usd },
    {
      part: "functions and logs",
      of: `${byTheClock} functions by the clock, ${assumed("logsGb")} GB of logs`,
      usd: assumed("idleGbSeconds") * prices.lambdaGbSecond.usd + assumed("logsGb") * prices.logs.usd,
    },
  ];
}

/** As many dedicated masters as lib/constructs/search-domain.ts has. */
const MASTERS = 3;

function openSearchCost(search: NonNullable<EnvironmentSettings["search"]>): Cost {
  const { nodes, instanceType, masterInstanceType, volumeGb } = search;
  const instances = nodes * hourOf(instanceType) + MASTERS * hourOf(masterInstanceType);
  return {
    part: "OpenSearch",
    of: `${nodes} × ${instanceType}, ${volumeGb} GB each; ${MASTERS} × ${masterInstanceType}`,
    usd: instances * HOURS_PER_MONTH + nodes * volumeGb * prices.openSearchStorage.usd,
  };
}

function hourOf(instanceType: string): number {
  const usd = searchHour[instanceType];
  if (usd === undefined) throw new Error(`scripts/costs/prices.ts: expected a price of ${instanceType}`);
  return usd;
}

const byTheClock = manifest.filter(({ triggers }) => triggers.some(({ kind }) => kind === "schedule")).length;

/** What a steady stream of points adds to that a month, once as much has expired as comes in. */
export function costsOfPoints(settings: EnvironmentSettings, pointsPerSecond: number): Cost[] {
  const points = pointsPerSecond * SECONDS_PER_MONTH;
  const requests = points / assumed("pointsPerRequest");
  return [
    {
      part: "API",
      of: "requests",
      usd: (requests / MILLION) * prices.apiRequests.usd,
    },
    {
      part: "functions",
      of: "time and requests",
      usd:
        requests * assumed("gbSecondsPerRequest") * prices.lambdaGbSecond.usd +
        ((requests * assumed("invocationsPerRequest")) / MILLION) * prices.lambdaRequests.usd,
    },
    ...(settings.measurements === "timestream"
      ? timestreamCosts(pointsPerSecond)
      : postgresCosts(settings, pointsPerSecond)),
  ];
}

export const keptPoints = (pointsPerSecond: number): number =>
  pointsPerSecond * SECONDS_PER_DAY * assumed("retentionDays");

export const keptGb = (pointsPerSecond: number): number =>
  (keptPoints(pointsPerSecond) * assumed("bytesPerPoint")) / BYTES_PER_GB;

/** Above what is running anyway. */
export const addedCapacity = ({ database }: EnvironmentSettings, pointsPerSecond: number): number =>
  Math.max(0, pointsPerSecond / assumed("pointsPerAcu") - database.minCapacity);

function postgresCosts(settings: EnvironmentSettings, pointsPerSecond: number): Cost[] {
  const ios = (pointsPerSecond * SECONDS_PER_MONTH * assumed("ioPerPoint")) / MILLION;
  const instances = 1 + settings.database.readers;
  const capacity = addedCapacity(settings, pointsPerSecond) * instances;
  return [
    { part: "database", of: "capacity", usd: capacity * HOURS_PER_MONTH * prices.auroraCapacity.usd },
    { part: "database", of: "storage", usd: keptGb(pointsPerSecond) * prices.auroraStorage.usd },
    { part: "database", of: "I/O", usd: ios * prices.auroraIo.usd },
  ];
}

function timestreamCosts(pointsPerSecond: number): Cost[] {
  const kilobytes = pointsPerSecond * SECONDS_PER_MONTH * assumed("timestreamKbPerPoint");
  const gbFor = (seconds: number) =>
    (pointsPerSecond * seconds * assumed("timestreamBytesPerPoint")) / BYTES_PER_GB;
  const inMemory = gbFor(assumed("timestreamMemoryHours") * 3_600);
  const magnetic = gbFor(assumed("retentionDays") * SECONDS_PER_DAY);
  return [
    { part: "Timestream", of: "writes", usd: (kilobytes / MILLION) * prices.timestreamWrites.usd },
    {
      part: "Timestream",
      of: "memory store",
      usd: inMemory * HOURS_PER_MONTH * prices.timestreamMemory.usd,
    },
    { part: "Timestream", of: "magnetic store", usd: magnetic * prices.timestreamMagnetic.usd },
  ];
}

export const sum = (costs: readonly Cost[]): number => costs.reduce((total, { usd }) => total + usd, 0);

export const usdPerMillion = (costs: readonly Cost[], pointsPerSecond: number): number =>
  sum(costs) / ((pointsPerSecond * SECONDS_PER_MONTH) / MILLION);
