import { join } from "node:path";
import { Duration, Validations } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { FunctionRow } from "../../functions/manifest-row.ts";
import { environmentKeys } from "../../layers/lambda/environment-keys.ts";
import { bundlingOf } from "../bundling.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { checksCredentials, provideIssuer, provideNeeds } from "../needs.ts";
import type { Platform } from "../platform.ts";
import { removalPolicyOf } from "../removal-policy.ts";

const root = join(import.meta.dirname, "..", "..");

/** One Lambda per row of the manifest, with a role and a log group of its own and exactly what the row needs. */
export class ServiceFunction extends Construct {
  readonly fn: NodejsFunction;

  constructor(scope: Construct, row: FunctionRow, platform: Platform) {
    super(scope, row.name);
    const { settings, network } = platform;
    // A function that needs nothing stays outside the network, where it starts sooner.
    const inside = row.needs.length > 0;
    const functionName = `telemetry-${settings.name}-${row.name}`;
    const logGroup = this.#createLogGroup(functionName, settings);
    this.fn = new NodejsFunction(this, "Function", {
      functionName,
      description: row.summary,
      entry: join(root, "functions", row.name, "lambda.ts"),
      projectRoot: root,
      depsLockFilePath: join(root, "package-lock.json"),
      bundling: bundlingOf(row.name),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: row.memoryMb,
      timeout: Duration.seconds(row.timeoutSeconds),
      tracing: Tracing.ACTIVE,
      role: this.#createRole(logGroup, inside),
      logGroup,
      environment: {
        [environmentKeys.environment]: settings.name,
        [environmentKeys.service]: row.name,
        [environmentKeys.logLevel]: settings.logLevel,
        NODE_OPTIONS: "--enable-source-maps",
      },
      ...(inside && { vpc: network.vpc, vpcSubnets: network.subnets, allowAllOutbound: false }),
    });
    if (inside) network.allowServices(this.fn);
    provideNeeds(row, platform, this.fn);
    if (checksCredentials(row)) provideIssuer(platform, this.fn);
  }

  #createLogGroup(functionName: string, settings: EnvironmentSettings): LogGroup {
    return new LogGroup(this, "Logs", {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: settings.logRetentionDays,
      removalPolicy: removalPolicyOf(settings),
    });
  }

  /** Instead of AWS's managed policies, which let a function write to every log group of the account. */
  #createRole(logGroup: LogGroup, inside: boolean): Role {
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    logGroup.grantWrite(role);
    if (inside) role.addToPolicy(networkInterfaces());
    Validations.of(role).acknowledge({
      id: "AwsSolutions-IAM5[Resource::*]",
      reason:
        "X-Ray's actions and EC2's on the network interfaces that Lambda makes for itself take no narrower resource.",
    });
    return role;
  }
}

/** As in AWSLambdaVPCAccessExecutionRole, without its logs. */
const networkInterfaces = () =>
  new PolicyStatement({
    actions: [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ],
    resources: ["*"],
  });
