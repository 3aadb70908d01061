import { Stack, Validations } from "aws-cdk-lib";
import { Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, ResourcePolicy } from "aws-cdk-lib/aws-logs";
import { Domain, EngineVersion, TLSSecurityPolicy } from "aws-cdk-lib/aws-opensearchservice";
import { Construct } from "constructs";
import { environmentKeys } from "../../layers/lambda/environment-keys.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { removalPolicyOf } from "../removal-policy.ts";
import type { PrivateNetwork } from "./private-network.ts";

type SearchSettings = NonNullable<EnvironmentSettings["search"]>;

/** Reading and adding; and what makes indices and takes them away. */
const USE = ["es:ESHttpGet", "es:ESHttpPost"];
const MANAGE = ["es:ESHttpPut", "es:ESHttpDelete"];

/**
 * OpenSearch in the private subnets: who may do what is said by the roles of the functions alone, which sign every
 * request.
 */
export class SearchDomain extends Construct {
  readonly #domain: Domain;

  constructor(
    scope: Construct,
    id: string,
    settings: EnvironmentSettings,
    search: SearchSettings,
    network: PrivateNetwork,
  ) {
    super(scope, id);
    const securityGroup = new SecurityGroup(this, "SecurityGroup", {
      vpc: network.vpc,
      description: "OpenSearch",
      allowAllOutbound: false,
    });
    const { logging, policy } = this.#createLogs(settings);
    this.#domain = new Domain(this, "Domain", {
      version: EngineVersion.openSearch("2.19"),
      vpc: network.vpc,
      vpcSubnets: [network.subnets],
      securityGroups: [securityGroup],
      capacity: {
        dataNodes: search.nodes,
        dataNodeInstanceType: search.instanceType,
        masterNodes: 3,
        masterNodeInstanceType: search.masterInstanceType,
        // It wants three zones.
        multiAzWithStandbyEnabled: false,
      },
      zoneAwareness: { availabilityZoneCount: 2 },
      ebs: { volumeSize: search.volumeGb },
      encryptionAtRest: { enabled: true },
      nodeToNodeEncryption: true,
      enforceHttps: true,
      tlsSecurityPolicy: TLSSecurityPolicy.TLS_1_2_PFS,
      enableAutoSoftwareUpdate: true,
      logging,
      suppressLogsResourcePolicy: true,
      removalPolicy: removalPolicyOf(settings),
    });
    // A domain that may not write to its logs is refused.
    this.#domain.node.addDependency(policy);
    Validations.of(this.#domain).acknowledge({
      id: "AwsSolutions-OS3",
      reason:
        "In private subnets behind a security group of named functions, there are no addresses to list.",
    });
    Validations.of(this.#domain).acknowledge({
      id: "AwsSolutions-OS5",
      reason:
        "Without a policy of its own the domain takes what the callers' roles allow, and nothing unsigned.",
    });
  }

  get domainName(): string {
    return this.#domain.domainName;
  }

  /** Lets the function search and write, and make and delete indices if it is among those that look after them. */
  grant(fn: LambdaFunction, { manage }: { manage: boolean }): void {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: manage ? [...USE, ...MANAGE] : USE,
        resources: [`${this.#domain.domainArn}/*`],
      }),
    );
    fn.connections.allowTo(this.#domain, Port.HTTPS, "OpenSearch");
    fn.addEnvironment(environmentKeys.openSearchEndpoint, `https://${this.#domain.domainEndpoint}`);
    if (!fn.role) return;
    const stack = Stack.of(this);
    const { "Fn::ImportValue": exported } = stack.resolve(stack.exportValue(this.#domain.domainArn));
    Validations.of(fn.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${exported}/*]`,
      reason: "Indices are named by the days of what is in them.",
    });
  }

  #createLogs(settings: EnvironmentSettings) {
    const create = (id: string) =>
      new LogGroup(this, id, {
        retention: settings.logRetentionDays,
        removalPolicy: removalPolicyOf(settings),
      });
    const appLogGroup = create("ApplicationLog");
    const slowSearchLogGroup = create("SlowSearchLog");
    const slowIndexLogGroup = create("SlowIndexLog");
    const policy = new ResourcePolicy(this, "LogPolicy", {
      resourcePolicyName: `telemetry-${settings.name}-search`,
      policyStatements: [
        new PolicyStatement({
          principals: [new ServicePrincipal("es.amazonaws.com")],
          actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
          resources: [appLogGroup, slowSearchLogGroup, slowIndexLogGroup].map((group) => group.logGroupArn),
          conditions: { StringEquals: { "aws:SourceAccount": Stack.of(this).account } },
        }),
      ],
    });
    const logging = {
      ...{ appLogEnabled: true, slowSearchLogEnabled: true, slowIndexLogEnabled: true },
      ...{ appLogGroup, slowSearchLogGroup, slowIndexLogGroup },
    };
    return { logging, policy };
  }
}
