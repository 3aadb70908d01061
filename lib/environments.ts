import * as z from "zod";
import { LOGICAL_PARTITIONS } from "../layers/core/partition.ts";
import { applicationSchema } from "../layers/topology/broker-users.ts";

// THE table of environments. What an environment costs, survives and keeps is decided here and nowhere else.

/** An issuer of JSON Web Tokens: what `iss` and `aud` must be, and where its keys are. */
const issuerSchema = z.strictObject({
  issuer: z.string().min(1),
  audience: z.string().min(1),
  jwksUrl: z.url({ protocol: /^https$/ }),
});

/** A domain of OpenSearch: data nodes over two zones, and three that keep it together. */
const searchSchema = z.strictObject({
  instanceType: z.string().regex(/\.search$/, "expected a type that ends with .search"),
  masterInstanceType: z.string().regex(/\.search$/, "expected a type that ends with .search"),
  nodes: z.int().min(2).multipleOf(2),
  /** Of each node. */
  volumeGb: z.int().min(10).max(3_072),
});

/** A host name of one's own, for console, API and sockets. */
const siteSchema = z.strictObject({
  hostName: z.hostname(),
  /** Of AWS Certificate Manager: CloudFront takes certificates of us-east-1 only. */
  certificateArn: z.string().regex(/^arn:[^:]+:acm:us-east-1:/, "expected a certificate in us-east-1"),
});

const environmentSchema = z
  .strictObject({
    /** Also the `env` of `cdk deploy -c env=dev`, and a part of every physical name. */
    name: z.enum(["dev", "staging", "prod"]),
    broker: z.strictObject({
      /** A single instance is away for up to two hours a week; a cluster is three nodes and stays. */
      deploymentMode: z.enum(["SINGLE_INSTANCE", "CLUSTER_MULTI_AZ"]),
      /** RabbitMQ 4 runs on mq.m7g only; medium takes 300 connections, large 5,000. */
      instanceType: z.templateLiteral([
        "mq.m7g.",
        z.enum(["medium", "large", "xlarge", "2xlarge", "4xlarge"]),
      ]),
      engineVersion: z.literal(["4.2"]),
      /** Programs outside of the platform that have a user of the broker, and what it may do. */
      applications: z.array(applicationSchema),
    }),
    /** Aurora Serverless v2. */
    database: z
      .strictObject({
        /** Aurora capacity units of each instance, in steps of a half; one is about 2 GiB of memory. */
        minCapacity: z.number().min(0.5).multipleOf(0.5),
        maxCapacity: z.number().min(1).max(256).multipleOf(0.5),
        /** Instances beside the writer: one takes over within a minute when the writer fails. */
        readers: z.int().min(0).max(15),
        backupRetentionDays: z.int().min(1).max(35),
      })
      .refine(
        ({ minCapacity, maxCapacity }) => minCapacity <= maxCapacity,
        "minCapacity exceeds maxCapacity",
      ),
    /** Over how many queues the logical partitions are spread: the concurrency of recording. */
    partitions: z.int().min(1).max(LOGICAL_PARTITIONS),
    /** Timestream has taken no new customers since 2025-06-20. */
    measurements: z.enum(["timestream", "postgres"]),
    logs: z.enum(["opensearch", "postgres"]),
    /** The domain of OpenSearch, where logs are in it. */
    search: searchSchema.nullable(),
    /** How long a head of the audit's chain can be deleted by nobody. What was sealed stays so. */
    auditSealDays: z.int().min(1).max(3_650),
    /** The address that mail to people comes from, verified in SES. None: channels of the kind email are refused. */
    mailFrom: z.email().nullable(),
    /** Whose tokens are accepted beside API keys; functions fetch its keys over the internet. None: nobody's. */
    jwt: issuerSchema.nullable(),
    /** None: functions reach AWS through endpoints only, and nobody is notified. Some: those that call others may. */
    natGateways: z.int().min(0).max(2),
    api: z.strictObject({
      /** Over all clients: who is beyond it is answered 429. */
      requestsPerSecond: z.int().min(1).max(10_000),
      /** From one address in five minutes, before its requests are blocked: a site of many gateways may have one. */
      requestsPerAddress: z.int().min(10).max(2_000_000_000),
    }),
    /** None: the name that CloudFront gives. */
    site: siteSchema.nullable(),
    /** An ARN of a web ACL in us-east-1 before CloudFront. The API has one of its own in any case. */
    siteWebAclArn: z
      .string()
      .regex(/^arn:[^:]+:wafv2:us-east-1:/, "expected a web ACL in us-east-1")
      .nullable(),
    /** Who gets alarms by mail, each having confirmed it once; beside Slack and PagerDuty. */
    alarmMail: z.array(z.email()),
    /** Where this environment's copy of docs/runbook is read: alarms lead there. */
    runbookUrl: z.url({ protocol: /^https$/ }),
    logRetentionDays: z.literal([7, 14, 30, 90, 365]),
    logLevel: z.enum(["DEBUG", "INFO", "WARN", "ERROR"]),
    /** Stacks refuse to be deleted, the database too, and what holds data outlives its stack. */
    protectData: z.boolean(),
  })
  .refine(({ jwt, natGateways }) => jwt === null || natGateways > 0, {
    path: ["jwt"],
    message: "the issuer's keys are fetched over the internet: expected natGateways of 1 or 2",
  })
  .refine(({ measurements, natGateways }) => measurements === "postgres" || natGateways > 0, {
    path: ["measurements"],
    message: "Timestream is reached over the internet: expected natGateways of 1 or 2",
  })
  .refine(({ logs, search }) => (logs === "opensearch") === (search !== null), {
    path: ["search"],
    message: "expected a domain where logs are in opensearch, and none where they are not",
  });

export type EnvironmentSettings = z.infer<typeof environmentSchema>;
export type EnvironmentName = EnvironmentSettings["name"];

const RUNBOOK = "https://github.com/your-organization/telemetry-bus/blob/main/docs/runbook";

const table: readonly EnvironmentSettings[] = [
  {
    name: "dev",
    broker: {
      deploymentMode: "SINGLE_INSTANCE",
      instanceType: "mq.m7g.medium",
      engineVersion: "4.2",
      applications: [],
    },
    database: { minCapacity: 0.5, maxCapacity: 2, readers: 0, backupRetentionDays: 1 },
    partitions: 2,
    measurements: "postgres",
    logs: "postgres",
    search: null,
    auditSealDays: 1,
    mailFrom: null,
    jwt: null,
    natGateways: 1,
    api: { requestsPerSecond: 200, requestsPerAddress: 20_000 },
    site: null,
    siteWebAclArn: null,
    alarmMail: [],
    runbookUrl: RUNBOOK,
    logRetentionDays: 7,
    logLevel: "DEBUG",
    protectData: false,
  },
  {
    name: "staging",
    broker: {
      deploymentMode: "CLUSTER_MULTI_AZ",
      instanceType: "mq.m7g.large",
      engineVersion: "4.2",
      applications: [],
    },
    database: { minCapacity: 0.5, maxCapacity: 8, readers: 1, backupRetentionDays: 7 },
    partitions: 4,
    measurements: "postgres",
    logs: "postgres",
    search: null,
    auditSealDays: 30,
    mailFrom: null,
    jwt: null,
    natGateways: 1,
    api: { requestsPerSecond: 1_000, requestsPerAddress: 100_000 },
    site: null,
    siteWebAclArn: null,
    alarmMail: [],
    runbookUrl: RUNBOOK,
    logRetentionDays: 30,
    logLevel: "INFO",
    protectData: false,
  },
  {
    name: "prod",
    broker: {
      deploymentMode: "CLUSTER_MULTI_AZ",
      instanceType: "mq.m7g.large",
      engineVersion: "4.2",
      applications: [],
    },
    database: { minCapacity: 1, maxCapacity: 32, readers: 1, backupRetentionDays: 35 },
    partitions: 4,
    measurements: "timestream",
    logs: "opensearch",
    search: {
      instanceType: "m7g.large.search",
      masterInstanceType: "m7g.medium.search",
      nodes: 2,
      volumeGb: 200,
    },
    auditSealDays: 365,
    mailFrom: null,
    jwt: null,
    natGateways: 2,
    api: { requestsPerSecond: 5_000, requestsPerAddress: 500_000 },
    site: null,
    siteWebAclArn: null,
    alarmMail: [],
    runbookUrl: RUNBOOK,
    logRetentionDays: 90,
    logLevel: "INFO",
    protectData: true,
  },
];

/** @throws {Error} naming the environment and the setting at fault */
export function checkEnvironments(rows: unknown): EnvironmentSettings[] {
  const parsed = z.array(environmentSchema).safeParse(rows);
  if (!parsed.success) throw new Error(`lib/environments.ts: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

export const environments: readonly EnvironmentSettings[] = checkEnvironments(table);

/**
 * The environments that the `env` of `cdk -c env=…` names.
 *
 * @param name `dev`, `staging`, `prod`, or `all` for every one of them
 */
export function environmentsNamed(name: unknown): readonly EnvironmentSettings[] {
  if (name === "all") return environments;
  const named = environments.filter((settings) => settings.name === name);
  if (named.length > 0) return named;
  const known = environments.map((settings) => settings.name).join(", ");
  throw new Error(`expected -c env=… to be one of ${known}, all; got ${JSON.stringify(name)}`);
}
