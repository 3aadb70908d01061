import type { EnvironmentSettings } from "../environments.ts";
import { type AlarmRow, type Metric, minutes, type Watched } from "./alarm-row.ts";

export const storeAlarms = (watched: Watched): AlarmRow[] => [
  ...databaseAlarms(watched),
  ...searchAlarms(watched),
  ...timestreamAlarms(watched),
];

const GIGABYTE = 1_024 ** 3;

function databaseAlarms({ settings, clusterId }: Watched): AlarmRow[] {
  const measure = (name: string, statistic: Metric["statistic"]): Metric => ({
    namespace: "AWS/RDS",
    name,
    dimensions: { DBClusterIdentifier: clusterId },
    statistic,
  });
  const limit = maxConnections(settings.database);
  return [
    {
      article: "database-capacity",
      severity: "page",
      means: `the database has used over 90 % of its ${settings.database.maxCapacity} capacity units for a quarter of an hour`,
      measured: measure("ACUUtilization", "Maximum"),
      breaches: { above: 90 },
      ...minutes(15),
      silence: "notBreaching",
    },
    {
      article: "database-cpu",
      severity: "warn",
      means: "the database's processors have been busier than 90 % for a quarter of an hour",
      measured: measure("CPUUtilization", "Maximum"),
      breaches: { above: 90 },
      ...minutes(15),
      silence: "notBreaching",
    },
    {
      article: "database-connections",
      severity: "page",
      means: `over 80 % of the ${limit} connections that the database takes are in use`,
      measured: measure("DatabaseConnections", "Maximum"),
      breaches: { above: Math.floor(0.8 * limit) },
      ...minutes(5),
      silence: "notBreaching",
    },
    {
      article: "database-storage",
      severity: "page",
      means: "an instance of the database has less than 1 GB left for what it sorts, builds and logs",
      measured: measure("FreeLocalStorage", "Minimum"),
      breaches: { below: GIGABYTE },
      ...minutes(5),
      silence: "notBreaching",
    },
    {
      article: "database-deadlocks",
      severity: "warn",
      means: "transactions wait for each other in a circle, and the database ends one of them",
      measured: measure("Deadlocks", "Maximum"),
      breaches: { above: 0 },
      periodSeconds: 60,
      periods: { of: 15, breaching: 3 },
      silence: "notBreaching",
    },
  ];
}

/** "Maximum connections for Aurora Serverless v2": by the memory of the largest capacity, and 2,000 below one unit. */
export function maxConnections({ minCapacity, maxCapacity }: EnvironmentSettings["database"]): number {
  const byMemory = Math.floor((maxCapacity * 2 * GIGABYTE) / 9_531_392);
  return Math.min(byMemory, minCapacity < 1 ? 2_000 : 5_000);
}

function searchAlarms({ settings, searchDomain, account }: Watched): AlarmRow[] {
  if (searchDomain === undefined || settings.search === null) return [];
  const measure = (name: string, statistic: Metric["statistic"]): Metric => ({
    namespace: "AWS/ES",
    name,
    dimensions: { DomainName: searchDomain, ClientId: account },
    statistic,
  });
  /** The metric is in megabytes. */
  const fifth = Math.floor(0.2 * settings.search.volumeGb * 1_024);
  const row = (article: string, severity: AlarmRow["severity"], means: string, measured: Metric) => ({
    ...{ article, severity, means, measured },
    ...minutes(5),
    silence: "notBreaching" as const,
  });
  return [
    {
      ...row(
        "search-red",
        "page",
        "an index of logs has a part that no node holds",
        measure("ClusterStatus.red", "Maximum"),
      ),
      breaches: { above: 0 },
    },
    {
      ...row(
        "search-yellow",
        "warn",
        "an index of logs has a part that only one node holds",
        measure("ClusterStatus.yellow", "Maximum"),
      ),
      breaches: { above: 0 },
    },
    {
      ...row(
        "search-storage",
        "page",
        "a node of OpenSearch has less than a fifth of its disk left",
        measure("FreeStorageSpace", "Minimum"),
      ),
      breaches: { below: fifth },
    },
    {
      ...row(
        "search-writes-blocked",
        "page",
        "OpenSearch takes no logs",
        measure("ClusterIndexWritesBlocked", "Maximum"),
      ),
      breaches: { above: 0 },
    },
    {
      ...row(
        "search-memory",
        "warn",
        "a node of OpenSearch has used over 85 % of its memory",
        measure("JVMMemoryPressure", "Maximum"),
      ),
      breaches: { above: 85 },
    },
  ];
}

/** Its tables are made by their retention when they are needed: what names one is looked for. */
function timestreamAlarms({ timestreamDatabase }: Watched): AlarmRow[] {
  if (timestreamDatabase === undefined) return [];
  return [
    {
      article: "timestream-rejected",
      severity: "page",
      means: "Timestream has refused records that it had taken: history lacks them",
      measured: {
        query: `SELECT SUM(MagneticStoreRejectedRecordCount) FROM SCHEMA("AWS/Timestream", DatabaseName, TableName) WHERE DatabaseName = '${timestreamDatabase}'`,
      },
      breaches: { above: 0 },
      periodSeconds: 300,
      periods: { of: 1, breaching: 1 },
      silence: "notBreaching",
    },
    {
      article: "timestream-errors",
      severity: "warn",
      // The account's: Timestream measures these by operation only ("Metrics and dimensions").
      means: "Timestream fails at more than ten of the account's calls in five minutes",
      measured: { query: 'SELECT SUM(SystemErrors) FROM SCHEMA("AWS/Timestream", Operation)' },
      breaches: { above: 10 },
      periodSeconds: 300,
      periods: { of: 2, breaching: 2 },
      silence: "notBreaching",
    },
  ];
}
