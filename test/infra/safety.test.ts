import { describe, expect, it } from "vitest";
import { DATABASE_VERSION } from "../../apps/cli/doctor/account/database.ts";
import { environments } from "../../lib/environments.ts";
import { synthesize } from "./synthesized.ts";

/** EC2 API Reference, SecurityGroupRule: what a description may be made of. */
const legalDescription = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

/** Actions that take no narrower resource. */
const unrestrictable =
  /^(xray:Put|timestream:DescribeEndpoints$|ec2:(Describe|(Create|Delete)NetworkInterface$|(A|Una)ssignPrivateIpAddresses$))/;

describe.each(environments)("the templates of $name", (settings) => {
  const { resources, templates, schemaFaults, nagErrors, warnings } = synthesize(settings, {
    validate: true,
  });

  it("synthesize, and CloudFormation's own schemas find no fault in them [AWS-01]", () => {
    expect(new Set(templates.keys())).toEqual(
      new Set([
        ...["network", "broker", "storage", "provisioning"],
        ...["stream", "processing", "api", "console", "alarms"],
      ]),
    );
    // CloudFormation refuses more than 500 resources, and templates beyond a megabyte.
    for (const [stack, template] of templates) {
      const text = JSON.stringify(template.toJSON());
      expect(text.length, stack).toBeLessThan(900_000);
      expect(Object.keys(template.toJSON().Resources).length, stack).toBeLessThan(480);
    }
    expect(schemaFaults).toEqual([]);
  });

  it("pass AwsSolutions, but for what is suppressed beside its resource [AWS-07]", () => {
    expect(nagErrors).toEqual([]);
  });

  it("have one private RabbitMQ 4.2 broker, over TLS, of the size and shape of the settings [AWS-02]", () => {
    const [broker, ...others] = resources("AWS::AmazonMQ::Broker");
    expect(others).toEqual([]);
    expect(broker?.Properties).toMatchObject({
      EngineType: "RABBITMQ",
      EngineVersion: "4.2",
      PubliclyAccessible: false,
      HostInstanceType: settings.broker.instanceType,
      DeploymentMode: settings.broker.deploymentMode,
    });
    const single = settings.broker.deploymentMode === "SINGLE_INSTANCE";
    expect(broker?.Properties.SubnetIds).toHaveLength(single ? 1 : 2);
    expect(portsOf("AWS::EC2::SecurityGroupIngress", "broker")).toEqual(new Set([5671, 443]));
  });

  it("let every function log in to the broker as its own user, and its pollers too [EVT-08]", () => {
    const users = new Map(
      resources("AWS::SecretsManager::Secret").map(({ id, Properties }) => [id, String(Properties.Name)]),
    );
    const serviceOf = (reference: unknown) => {
      const id = [...users.keys()].find((secret) => JSON.stringify(reference).includes(secret)) ?? "";
      return users.get(id)?.replace(`telemetry/${settings.name}/rabbitmq/`, "");
    };
    const functions = resources("AWS::Lambda::Function").filter(
      ({ Properties }) => Properties.Environment?.Variables.RABBITMQ_ENDPOINT,
    );
    expect(functions.length).toBeGreaterThan(20);
    for (const { Properties } of functions) {
      const { RABBITMQ_SECRET_ARN: secret, POWERTOOLS_SERVICE_NAME: service } =
        Properties.Environment.Variables;
      expect(serviceOf(secret)).toBe(service);
    }
    for (const { Properties } of resources("AWS::Lambda::EventSourceMapping")) {
      const consumer = functions.find(({ id }) => id === Properties.FunctionName.Ref);
      const auth = Properties.SourceAccessConfigurations.find(
        ({ Type }: { Type: string }) => Type === "BASIC_AUTH",
      );
      expect(serviceOf(auth.URI)).toBe(consumer?.Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME);
    }
  });

  it("have a private, encrypted database that takes TLS only and whose password RDS keeps [AWS-07]", () => {
    const [cluster] = resources("AWS::RDS::DBCluster");
    expect(cluster?.Properties).toMatchObject({
      StorageEncrypted: true,
      ManageMasterUserPassword: true,
      DeletionProtection: settings.protectData,
      BackupRetentionPeriod: settings.database.backupRetentionDays,
    });
    expect(cluster?.Properties).not.toHaveProperty("MasterUserPassword");
    expect(cluster?.Properties.EngineVersion).toBe(DATABASE_VERSION);
    const [parameters] = resources("AWS::RDS::DBClusterParameterGroup");
    expect(parameters?.Properties.Parameters).toEqual({ "rds.force_ssl": "1" });
    const instances = resources("AWS::RDS::DBInstance");
    expect(instances).toHaveLength(1 + settings.database.readers);
    for (const { Properties } of instances) expect(Properties.PubliclyAccessible).toBe(false);
  });

  it("open no port to the world, nor to a range of addresses [AWS-07]", () => {
    const inline = resources("AWS::EC2::SecurityGroup").flatMap(
      ({ Properties }) => Properties.SecurityGroupIngress ?? [],
    );
    const ingress = [...inline, ...resources("AWS::EC2::SecurityGroupIngress").map((one) => one.Properties)];
    expect(ingress.length).toBeGreaterThan(0);
    for (const rule of ingress) {
      expect(rule).not.toHaveProperty("CidrIp");
      expect(rule).not.toHaveProperty("CidrIpv6");
    }
  });

  it("carry no secret as text [AWS-07]", () => {
    const literals = [...templates].flatMap(([stack, template]) => secretsIn(template.toJSON(), stack));
    expect(literals).toEqual([]);
  });

  it("name no account and no region [AWS-01]", () => {
    for (const template of templates.values()) {
      // What exists in one region only says so in a condition.
      const { Conditions: _, ...rest } = template.toJSON();
      const text = JSON.stringify(rest);
      expect(text).not.toMatch(/:\d{12}:/);
      expect(text).not.toMatch(/"(us|eu|ap)-[a-z]+-\d"/);
    }
  });

  it("grant every resource only to actions that take no narrower one [AWS-07]", () => {
    const statements = resources("AWS::IAM::Policy")
      .filter(({ Properties }) => /Role/.test(JSON.stringify(Properties.Roles)))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const wide = statements.filter(({ Resource }) => [Resource].flat().includes("*"));
    expect(wide.length).toBeGreaterThan(0);
    for (const action of wide.flatMap(({ Action }) => Action)) expect(action).toMatch(unrestrictable);
  });

  it("describe their security groups' rules in characters that EC2 takes", () => {
    const rules = ["AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"].flatMap(resources);
    for (const { Properties } of rules) expect(Properties.Description).toMatch(legalDescription);
    for (const { Properties } of resources("AWS::EC2::SecurityGroup")) {
      expect(Properties.GroupDescription).toMatch(legalDescription);
    }
  });

  it("keep tickets out of the WebSocket API's log, and say how fast connections may come", () => {
    const [stage] = resources("AWS::ApiGatewayV2::Stage");
    expect(stage?.Properties.AccessLogSettings.Format).toContain("$context.connectionId");
    expect(stage?.Properties.AccessLogSettings.Format).not.toMatch(/query|ticket|messageBody/i);
    expect(stage?.Properties.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: expect.any(Number),
      ThrottlingBurstLimit: expect.any(Number),
    });
    // Execution logs would have what is sent.
    expect(stage?.Properties.DefaultRouteSettings).not.toHaveProperty("DataTraceEnabled", true);
  });

  it("let the firewall before the API refuse no body, and slow nobody but who floods [AWS-07]", () => {
    const [acl] = resources("AWS::WAFv2::WebACL");
    const managed = acl?.Properties.Rules.flatMap(
      ({ Statement }: { Statement: { ManagedRuleGroupStatement?: { RuleActionOverrides: unknown[] } } }) =>
        Statement.ManagedRuleGroupStatement?.RuleActionOverrides ?? [],
    );
    expect(managed).toContainEqual({ Name: "SizeRestrictions_BODY", ActionToUse: { Count: {} } });
    expect(managed).toContainEqual({ Name: "CrossSiteScripting_BODY", ActionToUse: { Count: {} } });
    const rates = acl?.Properties.Rules.flatMap(
      ({ Statement }: { Statement: { RateBasedStatement?: { Limit: number } } }) =>
        Statement.RateBasedStatement?.Limit ?? [],
    );
    expect(rates).toEqual([settings.api.requestsPerAddress]);
    const [association] = resources("AWS::WAFv2::WebACLAssociation");
    expect(JSON.stringify(association?.Properties.ResourceArn)).toContain("/stages/");
    const [stage] = resources("AWS::ApiGateway::Stage");
    expect(stage?.Properties.MethodSettings).toMatchObject([
      { ThrottlingRateLimit: settings.api.requestsPerSecond, MetricsEnabled: true },
    ]);
  });

  it("have OpenSearch and Timestream where the settings ask for them, private and encrypted [AWS-05, EDGE-09]", () => {
    const domains = resources("AWS::OpenSearchService::Domain");
    expect(domains).toHaveLength(settings.logs === "opensearch" ? 1 : 0);
    const [policy] = resources("AWS::Logs::ResourcePolicy");
    for (const { Properties, DependsOn } of domains) {
      expect(DependsOn).toContain(policy?.id);
      expect(Properties).toMatchObject({
        EncryptionAtRestOptions: { Enabled: true },
        NodeToNodeEncryptionOptions: { Enabled: true },
        DomainEndpointOptions: { EnforceHTTPS: true },
        VPCOptions: { SecurityGroupIds: [expect.anything()] },
        EBSOptions: { VolumeSize: settings.search?.volumeGb },
      });
      expect(Properties.VPCOptions.SubnetIds).toHaveLength(2);
      expect(Properties).not.toHaveProperty("AccessPolicies");
    }
    expect(resources("AWS::Timestream::Database")).toHaveLength(
      settings.measurements === "timestream" ? 1 : 0,
    );
  });

  it("are reached from outside by the APIs and CloudFront alone [AWS-07]", () => {
    expect(resources("AWS::ApiGateway::RestApi")).toHaveLength(1);
    expect(resources("AWS::ApiGatewayV2::Api")).toHaveLength(1);
    expect(resources("AWS::CloudFront::Distribution")).toHaveLength(1);
    const outside = ["AWS::Lambda::Url", "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::EC2::Instance"];
    expect(outside.flatMap(resources)).toEqual([]);
    for (const { Properties } of resources("AWS::S3::Bucket")) {
      expect(Object.values(Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    }
  });

  it("keep every log for as long as the settings say", () => {
    for (const { Properties } of resources("AWS::Logs::LogGroup")) {
      expect(Properties.RetentionInDays).toBe(settings.logRetentionDays);
    }
  });

  it("keep data beyond the stack where the settings protect it", () => {
    const types = [
      "AWS::RDS::DBCluster",
      "AWS::RDS::DBInstance",
      "AWS::AmazonMQ::Broker",
      "AWS::Logs::LogGroup",
      "AWS::OpenSearchService::Domain",
      "AWS::Timestream::Database",
    ];
    for (const { DeletionPolicy, UpdateReplacePolicy } of types.flatMap(resources)) {
      const expected = settings.protectData ? "Retain" : "Delete";
      expect([DeletionPolicy, UpdateReplacePolicy]).toEqual([expected, expected]);
    }
  });

  it("warn of Timestream, which takes no new customers, and of nothing else [AWS-05]", () => {
    const timestream =
      settings.measurements === "timestream" ? [expect.stringContaining("no new customers")] : [];
    expect(warnings.filter((warning) => !warning.includes("dist/console"))).toEqual(timestream);
  });

  function portsOf(type: string, stack: string): Set<number> {
    return new Set(
      resources(type)
        .filter((resource) => resource.stack === stack)
        .map(({ Properties }) => Properties.FromPort),
    );
  }
});

describe("an environment with NAT gateways", () => {
  const [dev] = environments;
  if (!dev) throw new Error("expected an environment");
  const { resources } = synthesize({ ...dev, natGateways: 1 });

  it("has one way out, and lets functions use it for HTTPS alone", () => {
    expect(resources("AWS::EC2::NatGateway")).toHaveLength(1);
    const open = [
      ...resources("AWS::EC2::SecurityGroup").flatMap(
        ({ Properties }) => Properties.SecurityGroupEgress ?? [],
      ),
      ...resources("AWS::EC2::SecurityGroupEgress").map(({ Properties }) => Properties),
    ].filter(({ CidrIp }) => CidrIp === "0.0.0.0/0");
    expect(open.length).toBeGreaterThan(0);
    for (const { FromPort, ToPort } of open) expect([FromPort, ToPort]).toEqual([443, 443]);
  });

  it("keeps broker and database in the private subnets", () => {
    expect(resources("AWS::EC2::Subnet").filter(({ Properties }) => Properties.MapPublicIpOnLaunch)).toEqual(
      [],
    );
  });
});

/** Paths of literal strings under keys that name a secret. */
function secretsIn(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = `${path}.${key}`;
    if (key === "GenerateSecretString") return [];
    if (/password$|secretstring|apikey/i.test(key) && typeof inner === "string") return [here];
    return secretsIn(inner, here);
  });
}
