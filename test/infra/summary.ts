import type { Synthesized } from "./synthesized.ts";

// A template as people review it: what is there, and what matters of it. Hashes, ids and what every resource of a kind
// has are left out, so that a change of the snapshot is a change that somebody meant.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Of these kinds so many are alike that a line each tells more. */
const briefly: Readonly<Record<string, (properties: Record<string, Json>) => string>> = {
  "AWS::Lambda::Function": ({ FunctionName, MemorySize, Timeout, VpcConfig, Environment, ...rest }) => {
    const { Variables = {} } = (Environment ?? {}) as { Variables?: object };
    const reserved = rest.ReservedConcurrentExecutions;
    return [
      text(FunctionName ?? rest.Description ?? rest.Handler ?? ""),
      `${text(MemorySize ?? 128)} MB, ${text(Timeout ?? 3)} s, ${VpcConfig ? "in the network" : "outside"}`,
      ...(reserved === undefined ? [] : [`${text(reserved)} at a time`]),
      Object.keys(Variables)
        .filter((key) => !COMMON_VARIABLES.has(key))
        .sort()
        .join(" "),
    ]
      .filter(Boolean)
      .join(" | ");
  },
  "AWS::Lambda::EventSourceMapping": ({ Queues, BatchSize, MaximumBatchingWindowInSeconds }) =>
    `${text(Queues ?? "")} by ${text(BatchSize ?? "")}${MaximumBatchingWindowInSeconds ? ` within ${text(MaximumBatchingWindowInSeconds)} s` : ""}`,
  "AWS::Logs::LogGroup": ({ LogGroupName, RetentionInDays }) =>
    `${text(LogGroupName ?? "(unnamed)")} for ${text(RetentionInDays ?? "ever")} days`,
  "AWS::Events::Rule": ({ ScheduleExpression }) => text(ScheduleExpression ?? ""),
  "AWS::CloudWatch::Alarm": ({
    AlarmName,
    ComparisonOperator,
    Threshold,
    EvaluationPeriods,
    DatapointsToAlarm,
  }) =>
    `${text(AlarmName ?? "")}: ${ComparisonOperator === "LessThanThreshold" ? "<" : ">"} ${text(Threshold ?? "")}, ${text(DatapointsToAlarm ?? "")} of ${text(EvaluationPeriods ?? "")}`,
  "AWS::CloudWatch::CompositeAlarm": ({ AlarmName }) => text(AlarmName ?? ""),
  "AWS::IAM::Policy": ({ PolicyDocument }) => rightsIn(PolicyDocument ?? null).join(" "),
  "AWS::IAM::Role": ({ AssumeRolePolicyDocument, ManagedPolicyArns = [] }) =>
    [...new Set([...principalsIn(AssumeRolePolicyDocument ?? null), ...managedIn(ManagedPolicyArns)])].join(
      " ",
    ),
  "AWS::EC2::SecurityGroup": ({ GroupDescription, SecurityGroupEgress = [] }) =>
    `${text(GroupDescription ?? "").replace(/Automatic security group for Lambda Function \w+/, "a function")}: out to ${rulesIn(SecurityGroupEgress) || "named groups"}`,
};

/** Wiring that follows from the rest, and is tested by itself. */
const passedOver = new Set([
  "AWS::ApiGateway::Deployment",
  "AWS::ApiGateway::Method",
  "AWS::ApiGateway::Resource",
  "AWS::CDK::Metadata",
  "AWS::CloudWatch::Dashboard",
  "AWS::EC2::SecurityGroupEgress",
  "AWS::EC2::SecurityGroupIngress",
  "AWS::Lambda::Permission",
  "AWS::Lambda::Version",
]);

const COMMON_VARIABLES = new Set([
  "LOG_LEVEL",
  "NODE_OPTIONS",
  "POWERTOOLS_SERVICE_NAME",
  "TELEMETRY_ENVIRONMENT",
]);

/** By stack and kind, in the order of the alphabet: brief lines with how often each is there, or whole properties. */
export function summaryOf({ templates }: Pick<Synthesized, "templates">): string {
  return [...templates]
    .map(([stack, template]) => `# ${stack}\n${stackSummary(template.toJSON())}`)
    .join("\n");
}

function stackSummary(template: { Resources?: Record<string, Resource> }): string {
  const resources = Object.values(template.Resources ?? {});
  const byType = Map.groupBy(resources, ({ Type }) => Type);
  return [...byType]
    .filter(([type]) => !passedOver.has(type))
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([type, same]) => `${type}\n${counted(same.map(lineOf)).join("\n")}\n`)
    .join("");
}

interface Resource {
  Type: string;
  Properties?: Record<string, Json>;
  DeletionPolicy?: string;
}

function lineOf({ Type, Properties = {}, DeletionPolicy }: Resource): string {
  const brief = briefly[Type];
  const kept = DeletionPolicy === "Retain" ? " (kept)" : "";
  return `  ${brief ? brief(Properties) : text(withoutNoise(Properties))}${kept}`;
}

function counted(lines: readonly string[]): string[] {
  const counts = Map.groupBy([...lines].sort(), (line) => line);
  return [...counts].map(([line, same]) => (same.length > 1 ? `${line} ×${same.length}` : line));
}

const NOISE = /^(Tags|Code|Content|ServiceToken|SourceObjectKeys|SourceBucketNames|HandlerArn)$/;

function withoutNoise(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNoise);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !NOISE.test(key));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNoise(inner)]));
}

/** References by name, without the hashes of logical ids and assets. */
function text(value: Json): string {
  const json = typeof value === "string" ? value : JSON.stringify(value);
  return json
    .replace(/\{"(?:Ref|Fn::ImportValue)":"([^"]+)"\}/g, "<$1>")
    .replace(/\{"Fn::GetAtt":\["([^"]+)","([^"]+)"\]\}/g, "<$1.$2>")
    .replace(/[0-9a-f]{64}/g, "HASH")
    .replace(/([A-Za-z])[0-9A-F]{8}(?=[^0-9A-Za-z]|$)/g, "$1")
    .replace(/[0-9A-F]{16,}/g, "");
}

/** What every function may: to log, to be traced, and to be in the network. */
const COMMON_RIGHTS =
  /^(logs:(CreateLogStream|PutLogEvents)|xray:Put\w+|ec2:(AssignPrivateIpAddresses|CreateNetworkInterface|DeleteNetworkInterface|DescribeNetworkInterfaces|DescribeSubnets|UnassignPrivateIpAddresses))$/;

function rightsIn(document: Json): string[] {
  const actions = actionsIn(document);
  const own = actions.filter((action) => !COMMON_RIGHTS.test(action));
  return own.length < actions.length ? ["(common)", ...own] : own;
}

function actionsIn(document: Json): string[] {
  const { Statement = [] } = document as { Statement?: { Action: string | string[] }[] };
  return [...new Set(Statement.flatMap(({ Action }) => Action))].sort();
}

function principalsIn(document: Json): string[] {
  const { Statement = [] } = document as { Statement?: { Principal: Json }[] };
  return Statement.map(({ Principal }) => text((Principal as { Service?: Json }).Service ?? Principal));
}

const managedIn = (arns: Json): string[] =>
  (arns as Json[]).map((arn) => /policy\/[\w/-]+/.exec(JSON.stringify(arn))?.[0] ?? text(arn));

const rulesIn = (rules: Json): string =>
  (rules as { CidrIp?: string; FromPort?: number; Description?: string }[])
    .map(({ CidrIp, FromPort }) => `${CidrIp}:${FromPort}`)
    .filter((rule) => !rule.startsWith("255."))
    .join(" ");
