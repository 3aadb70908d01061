// THE table of unit prices: on demand, US East (N. Virginia), USD, without tax, free tiers and discounts.

/** When the table was last gone through. */
export const PRICES_OF = "2026-11";

export interface Price {
  usd: number;
  unit: string;
  /** AWS's page that says what holds today. */
  page: string;
  /** Not found on the page itself: from what customers report, or by ratio of size. @default false */
  reported?: boolean;
}

const aws = (path: string) => `aws.amazon.com/${path}/pricing`;

export const prices = {
  brokerMedium: { usd: 0.0765, unit: "broker-hour, mq.m7g.medium", page: aws("amazon-mq"), reported: true },
  brokerLarge: { usd: 0.153, unit: "broker-hour, mq.m7g.large", page: aws("amazon-mq"), reported: true },
  brokerXlarge: { usd: 0.306, unit: "broker-hour, mq.m7g.xlarge", page: aws("amazon-mq"), reported: true },
  broker2xlarge: { usd: 0.612, unit: "broker-hour, mq.m7g.2xlarge", page: aws("amazon-mq"), reported: true },
  broker4xlarge: { usd: 1.224, unit: "broker-hour, mq.m7g.4xlarge", page: aws("amazon-mq"), reported: true },
  brokerStorage: { usd: 0.1, unit: "GB-month of a RabbitMQ broker", page: aws("amazon-mq") },
  auroraCapacity: { usd: 0.12, unit: "ACU-hour, Aurora Serverless v2", page: aws("rds/aurora") },
  auroraStorage: { usd: 0.1, unit: "GB-month, Aurora Standard", page: aws("rds/aurora") },
  auroraIo: { usd: 0.2, unit: "million I/O requests, Aurora Standard", page: aws("rds/aurora") },
  timestreamWrites: { usd: 0.5, unit: "million writes of 1 KB", page: aws("timestream") },
  timestreamMemory: { usd: 0.036, unit: "GB-hour in the memory store", page: aws("timestream") },
  timestreamMagnetic: { usd: 0.03, unit: "GB-month in the magnetic store", page: aws("timestream") },
  openSearchMedium: {
    usd: 0.064,
    unit: "instance-hour, m7g.medium.search",
    page: aws("opensearch-service"),
    reported: true,
  },
  openSearchLarge: {
    usd: 0.128,
    unit: "instance-hour, m7g.large.search",
    page: aws("opensearch-service"),
    reported: true,
  },
  openSearchStorage: { usd: 0.122, unit: "GB-month, gp3", page: aws("opensearch-service") },
  natHour: { usd: 0.045, unit: "NAT gateway-hour", page: aws("vpc") },
  endpointHour: { usd: 0.01, unit: "interface endpoint-hour, per zone", page: aws("privatelink") },
  lambdaGbSecond: { usd: 0.0000133334, unit: "GB-second, arm64", page: aws("lambda") },
  lambdaRequests: { usd: 0.2, unit: "million requests", page: aws("lambda") },
  apiRequests: { usd: 3.5, unit: "million requests, REST API", page: aws("api-gateway") },
  secret: { usd: 0.4, unit: "secret-month", page: aws("secrets-manager") },
  logs: { usd: 0.5, unit: "GB of logs taken in", page: aws("cloudwatch") },
} as const satisfies Record<string, Price>;
