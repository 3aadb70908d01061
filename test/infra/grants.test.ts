import { describe, expect, it } from "vitest";
import { manifest } from "../../functions/manifest.ts";
import type { FunctionRow, Need } from "../../functions/manifest-row.ts";
import { brokerUsers } from "../../layers/topology/broker-users.ts";
import { type EnvironmentSettings, environments } from "../../lib/environments.ts";
import { type Resource, type Synthesized, synthesize } from "./synthesized.ts";

// What each row of the manifest may do on AWS, action by action and on what kind of resource, and nothing beyond it.

/** `action on kind`: the kind is the service's own word in the resource's ARN or in how a stack exports it. */
type Grant = `${string} on ${string}`;

const every = ["logs:CreateLogStream on own log", "logs:PutLogEvents on own log"] as const;
const traced = ["xray:PutTelemetryRecords on *", "xray:PutTraceSegments on *"] as const;
const inNetwork = [
  "ec2:AssignPrivateIpAddresses on *",
  "ec2:CreateNetworkInterface on *",
  "ec2:DeleteNetworkInterface on *",
  "ec2:DescribeNetworkInterfaces on *",
  "ec2:DescribeSubnets on *",
  "ec2:UnassignPrivateIpAddresses on *",
] as const;
const secretOf = (what: string): Grant[] => [
  `secretsmanager:DescribeSecret on ${what}`,
  `secretsmanager:GetSecretValue on ${what}`,
];
/** A service's own user of the broker. */
const brokerUserOf = (service: string): string => `RabbitMQUser${service.replaceAll("-", "")}`;
/** "Using Lambda with Amazon MQ": what the poller does in the function's name. */
const polling = (row: FunctionRow): Grant[] => [
  ...secretOf(brokerUserOf(row.name)),
  "mq:DescribeBroker on RabbitMQBroker",
  "ec2:DescribeSecurityGroups on *",
  "ec2:DescribeSubnets on *",
  "ec2:DescribeVpcs on *",
];

/** docs/timestream.md says why. */
function timestreamGrants(name: string): Grant[] {
  const select = ["query-points", "export-points", "manage-rules", "report-statistics", "report-health"];
  const create = ["record-points", "maintain-storage", "migrate-storage"];
  const actions = [
    ...(select.includes(name) || name === "erase-devices" ? ["Select"] : []),
    ...(create.includes(name) || name === "erase-devices" ? ["WriteRecords"] : []),
    ...(create.includes(name) ? ["CreateTable"] : []),
  ];
  if (actions.length === 0) return [];
  return [
    ...actions.map((action): Grant => `timestream:${action} on MeasurementsDatabase/table/*`),
    "timestream:ListTables on MeasurementsDatabase",
    "timestream:DescribeEndpoints on *",
  ];
}

function grantsOf(need: Need, row: FunctionRow, { measurements, logs }: EnvironmentSettings): Grant[] {
  const looksAfter = row.triggers.some(({ kind }) => kind === "schedule" || kind === "deploy");
  const database = secretOf("RegistryCluster");
  switch (need) {
    case "broker":
      return secretOf(brokerUserOf(row.name));
    case "brokerAdministrator":
      return [
        ...secretOf("RabbitMQSecret"),
        "mq:DescribeBroker on RabbitMQBroker",
        ...brokerUsers().flatMap(({ service }): Grant[] => [
          `secretsmanager:GetSecretValue on ${brokerUserOf(service)}`,
          `secretsmanager:PutSecretValue on ${brokerUserOf(service)}`,
        ]),
      ];
    case "bootstrapKey":
      return secretOf("migratestorageFunctionBootstrapKey");
    case "registry":
      return database;
    case "measurements":
      if (measurements === "postgres") return database;
      return timestreamGrants(row.name);
    case "logs":
      if (logs === "postgres") return database;
      return ["Get", "Post", ...(looksAfter ? ["Put", "Delete"] : [])].map(
        (verb): Grant => `es:ESHttp${verb} on SearchDomain/*`,
      );
    case "spool":
      return ["s3:PutObject on SpoolBucket/*", "s3:ListBucket on SpoolBucket"];
    case "spooled":
      return [
        "s3:GetObject on SpoolBucket/*",
        "s3:DeleteObject on SpoolBucket/*",
        "s3:ListBucket on SpoolBucket",
      ];
    case "sealed":
      return ["s3:GetObject on SealedBucket/*", "s3:ListBucket on SealedBucket"];
    case "seal":
      return [
        ...grantsOf("sealed", row, { measurements, logs } as EnvironmentSettings),
        "s3:PutObject on SealedBucket/*",
        "s3:GetBucketObjectLockConfiguration on SealedBucket",
      ];
    case "sockets":
      return ["execute-api:ManageConnections on SocketsApi/@connections/*"];
    case "paging":
      return secretOf("PagingSecret");
    case "pointSize":
    case "mail":
    case "internet":
      return [];
  }
}

describe.each(environments)("the functions of $name", (settings) => {
  const synthesized = synthesize(settings);
  const prefix = `telemetry-${settings.name}-`;

  it.each(manifest)("$name may do exactly what its needs and triggers want [AWS-07]", (row) => {
    const expected = new Set<string>([
      ...every,
      ...traced,
      ...(row.needs.some((need) => need !== "paging") ? inNetwork : []),
      ...row.needs.flatMap((need) => grantsOf(need, row, settings)),
      ...(row.triggers.some(({ kind }) => kind === "queue") ? polling(row) : []),
    ]);
    const fn = synthesized
      .resources("AWS::Lambda::Function")
      .find(({ Properties }) => Properties.FunctionName === prefix + row.name);
    expect([...grantsIn(synthesized, fn)].sort()).toEqual([...expected].sort());
  });

  it("may be run by what their rows say, and by nothing else [AWS-07]", () => {
    const principals = new Map<string, Set<string>>();
    for (const { stack, Properties } of synthesized.resources("AWS::Lambda::Permission")) {
      const fn = synthesized
        .resources("AWS::Lambda::Function")
        .find((one) => one.stack === stack && one.id === Properties.FunctionName["Fn::GetAtt"]?.[0]);
      const name = String(fn?.Properties.FunctionName).slice(prefix.length);
      principals.set(name, (principals.get(name) ?? new Set()).add(Properties.Principal));
      expect(Properties.SourceArn, name).toBeDefined();
    }
    const caller: Record<string, string> = {
      route: "apigateway.amazonaws.com",
      socket: "apigateway.amazonaws.com",
      schedule: "events.amazonaws.com",
      sns: "sns.amazonaws.com",
    };
    for (const { name, triggers } of manifest) {
      const expected = triggers.flatMap(({ kind }) => caller[kind] ?? []);
      expect(principals.get(name) ?? new Set(), name).toEqual(new Set(expected));
    }
    expect(principals.size).toBe(
      manifest.filter(({ triggers }) => triggers.some(({ kind }) => caller[kind])).length,
    );
  });
});

function* grantsIn(synthesized: Synthesized, fn: Resource | undefined): Generator<string> {
  const role = fn?.Properties.Role["Fn::GetAtt"][0];
  const policies = synthesized
    .resources("AWS::IAM::Policy")
    .filter(
      ({ stack, Properties }) =>
        stack === fn?.stack && Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role),
    );
  const own = synthesized
    .resources("AWS::IAM::Role")
    .find(({ stack, id }) => stack === fn?.stack && id === role);
  expect(own?.Properties).not.toHaveProperty("ManagedPolicyArns");
  expect(own?.Properties).not.toHaveProperty("Policies");
  const seen = new Set<string>();
  for (const statement of policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement)) {
    expect(statement.Effect).toBe("Allow");
    for (const action of [statement.Action].flat()) {
      for (const resource of [statement.Resource].flat()) {
        const grant = `${action} on ${kindOf(resource)}`;
        if (!seen.has(grant)) yield grant;
        seen.add(grant);
      }
    }
  }
}

/** Exports are called after the resource that they are of; a log is named by the function. */
function kindOf(resource: unknown): string {
  if (resource === "*") return "*";
  const text = JSON.stringify(resource);
  if (text.includes("Logs")) return "own log";
  const exported = /ExportsOutput(?:Ref|FnGetAtt)([A-Za-z]+?)[0-9A-F]{8}/.exec(text)?.[1];
  const local = /"(?:Ref|Fn::GetAtt)":\[?"([A-Za-z]+?)[0-9A-F]{8}"/.exec(text)?.[1];
  const ending = /"([^"]*\*)"[^"]*$/.exec(text)?.[1] ?? "";
  return `${exported ?? local ?? text}${ending.replace(/^\/?(dev|staging|prod)\/\*/, "")}`;
}
