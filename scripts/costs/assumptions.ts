// What the figures rest on, beside lib/environments.ts. Measured ones name where; the others are to be replaced by
// what an account's own bill and metrics say.

export const HOURS_PER_MONTH = 730;
export const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3_600;

export interface Assumption {
  value: number;
  what: string;
}

export const assumptions = {
  pointsPerRequest: { value: 1_000, what: "points in a request, as gateways send them" },
  messagesPerRequest: { value: 16, what: "messages of a request, one per logical partition" },
  copiesPerMessage: { value: 3, what: "queues that each message goes to: points, rules, stream" },
  bytesPerPoint: { value: 101, what: "bytes of a stored point without tags in PostgreSQL, measured" },
  ioPerPoint: { value: 0.075, what: "I/O requests of a point: 300 bytes of write-ahead log, 4 KB a request" },
  retentionDays: { value: 90, what: "days that points are kept" },
  pointsPerAcu: { value: 2_500, what: "points/s that one ACU stores beside everything else" },
  timestreamKbPerPoint: { value: 0.06, what: "KB that Timestream counts for a point in a call of 100" },
  timestreamBytesPerPoint: { value: 80, what: "bytes of a point in Timestream" },
  timestreamMemoryHours: { value: 24, what: "hours that points stay in Timestream's memory store" },
  gbSecondsPerRequest: {
    value: 0.18,
    what: "GB-seconds of all functions for a request of 1,000 points: ingest, record, rules, stream",
  },
  invocationsPerRequest: { value: 4, what: "invocations for such a request" },
  idleGbSeconds: { value: 60_000, what: "GB-seconds a month of what runs by the clock" },
  brokerStorageGb: { value: 20, what: "GB that wait on each node of the broker" },
  databaseGb: { value: 20, what: "GB in the database beside points" },
  endpoints: { value: 2, what: "interface endpoints: Secrets Manager, Lambda; each in two zones" },
  logsGb: { value: 10, what: "GB of the functions' own logs a month" },
  pointsPerQueue: { value: 5_000, what: "points/s that one queue's consumer records at 1 GB of memory" },
  secondsPerRequest: { value: 0.1, what: "seconds that an ingest request takes" },
} as const satisfies Record<string, Assumption>;

export const assumed = (name: keyof typeof assumptions): number => assumptions[name].value;
