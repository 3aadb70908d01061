import { Validations } from "aws-cdk-lib";
import { Connections, type IConnectable, Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import {
  AuroraPostgresEngineVersion,
  CfnDBCluster,
  CfnDBInstance,
  DatabaseClusterEngine,
  ParameterGroup,
  SubnetGroup,
} from "aws-cdk-lib/aws-rds";
import { type ISecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { environmentKeys } from "../../layers/lambda/environment-keys.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { removalPolicyOf } from "../removal-policy.ts";
import type { PrivateNetwork } from "./private-network.ts";

const DATABASE_NAME = "telemetry";
const ENGINE = "aurora-postgresql";
/** The major version is the one that the local runtime embeds. */
const VERSION = AuroraPostgresEngineVersion.VER_18_4;
/** Amazon's authorities as Lambda's Node.js runtimes carry them (Developer Guide, "Building with Node.js"). */
const CA_FILE = "/var/runtime/ca-cert.pem";
const POSTGRES = Port.tcp(5432);

/**
 * PostgreSQL on Aurora Serverless v2: private, over TLS only, encrypted. An L1, because RDS then keeps and
 * rotates the password itself, which the L2 cannot ask for.
 */
export class RegistryDatabase extends Construct implements IConnectable {
  readonly connections: Connections;
  readonly #cluster: CfnDBCluster;
  readonly #secret: ISecret;

  constructor(scope: Construct, id: string, settings: EnvironmentSettings, network: PrivateNetwork) {
    super(scope, id);
    const securityGroup = new SecurityGroup(this, "SecurityGroup", {
      vpc: network.vpc,
      description: "PostgreSQL",
      allowAllOutbound: false,
    });
    this.connections = new Connections({ securityGroups: [securityGroup], defaultPort: POSTGRES });
    this.#cluster = this.#createCluster(settings, network, securityGroup);
    this.#addInstances(settings);
    this.#secret = Secret.fromSecretCompleteArn(this, "Secret", this.#cluster.attrMasterUserSecretSecretArn);
  }

  get clusterId(): string {
    return this.#cluster.ref;
  }

  /** Lets the function connect: the secret, the way through the network, and where everything is. */
  grantConnect(fn: LambdaFunction): void {
    this.#secret.grantRead(fn);
    fn.connections.allowTo(this, POSTGRES, "PostgreSQL");
    fn.addEnvironment(environmentKeys.databaseSecretArn, this.#secret.secretArn);
    fn.addEnvironment(environmentKeys.databaseHost, this.#cluster.attrEndpointAddress);
    fn.addEnvironment(environmentKeys.databasePort, this.#cluster.attrEndpointPort);
    fn.addEnvironment(environmentKeys.databaseName, DATABASE_NAME);
    fn.addEnvironment(environmentKeys.databaseCaFile, CA_FILE);
  }

  #createCluster(
    settings: EnvironmentSettings,
    network: PrivateNetwork,
    securityGroup: SecurityGroup,
  ): CfnDBCluster {
    const { name, database, protectData } = settings;
    const removalPolicy = removalPolicyOf(settings);
    const subnets = new SubnetGroup(this, "Subnets", {
      vpc: network.vpc,
      vpcSubnets: network.subnets,
      description: "PostgreSQL",
      removalPolicy,
    });
    const logs = new LogGroup(this, "Logs", {
      logGroupName: `/aws/rds/cluster/telemetry-${name}/postgresql`,
      retention: settings.logRetentionDays,
      removalPolicy,
    });
    const cluster = new CfnDBCluster(this, "Cluster", {
      dbClusterIdentifier: `telemetry-${name}`,
      engine: ENGINE,
      engineVersion: VERSION.auroraPostgresFullVersion,
      databaseName: DATABASE_NAME,
      masterUsername: "telemetry",
      manageMasterUserPassword: true,
      dbSubnetGroupName: subnets.subnetGroupName,
      vpcSecurityGroupIds: [securityGroup.securityGroupId],
      dbClusterParameterGroupName: this.#parameterGroupName(),
      serverlessV2ScalingConfiguration: {
        minCapacity: database.minCapacity,
        maxCapacity: database.maxCapacity,
      },
      enableCloudwatchLogsExports: ["postgresql"],
      storageEncrypted: true,
      enableIamDatabaseAuthentication: true,
      backupRetentionPeriod: database.backupRetentionDays,
      copyTagsToSnapshot: true,
      deletionProtection: protectData,
    });
    cluster.applyRemovalPolicy(removalPolicy);
    // RDS would make it itself, and keep it for ever.
    cluster.node.addDependency(logs);
    this.#acknowledge(cluster, protectData);
    return cluster;
  }

  #addInstances({ database, protectData }: EnvironmentSettings): void {
    const ids = ["Writer", ...Array.from({ length: database.readers }, (_, index) => `Reader${index + 1}`)];
    for (const id of ids) {
      const instance = new CfnDBInstance(this, id, {
        engine: ENGINE,
        dbClusterIdentifier: this.#cluster.ref,
        dbInstanceClass: "db.serverless",
        publiclyAccessible: false,
        // Follows the writer's capacity, so that it can take over at full load.
        promotionTier: 0,
      });
      instance.applyRemovalPolicy(removalPolicyOf({ protectData }));
    }
  }

  #parameterGroupName(): string {
    const group = new ParameterGroup(this, "Parameters", {
      engine: DatabaseClusterEngine.auroraPostgres({ version: VERSION }),
      description: "TLS only",
      parameters: { "rds.force_ssl": "1" },
    });
    return group.bindToCluster({}).parameterGroupName;
  }

  #acknowledge(cluster: CfnDBCluster, protectData: boolean): void {
    Validations.of(cluster).acknowledge({
      id: "AwsSolutions-RDS11",
      reason: "In private subnets behind a security group of named clients, another port would hide nothing.",
    });
    if (protectData) return;
    Validations.of(cluster).acknowledge({
      id: "AwsSolutions-RDS10",
      reason: "The environment's settings say that its data need not outlive it.",
    });
  }
}
