import { Fn, type RemovalPolicy, Validations } from "aws-cdk-lib";
import { CfnBroker } from "aws-cdk-lib/aws-amazonmq";
import { Connections, type IConnectable, Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { CfnEventSourceMapping, Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { environmentKeys } from "../../layers/lambda/environment-keys.ts";
import { brokerUsers } from "../../layers/topology/broker-users.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { removalPolicyOf } from "../removal-policy.ts";
import type { PrivateNetwork } from "./private-network.ts";

/** Amazon MQ's default policies and limits hold on this virtual host only. */
const VIRTUAL_HOST = "/";
const AMQPS = Port.tcp(5671);

/** What an event source mapping is told of the broker. */
export interface QueueSource {
  eventSourceArn: string;
  sourceAccessConfigurations: CfnEventSourceMapping.SourceAccessConfigurationProperty[];
}

/** RabbitMQ on Amazon MQ: private, over TLS only, its password generated. */
export class RabbitmqBroker extends Construct implements IConnectable {
  readonly connections: Connections;
  readonly #broker: CfnBroker;
  readonly #secret: Secret;
  /** Of every service's own user, by the service. */
  readonly #userSecrets: ReadonlyMap<string, Secret>;
  readonly #userPrefix: string;

  constructor(scope: Construct, id: string, settings: EnvironmentSettings, network: PrivateNetwork) {
    super(scope, id);
    const removalPolicy = removalPolicyOf(settings);
    this.#secret = this.#generateSecret(removalPolicy);
    this.#userPrefix = `telemetry/${settings.name}/rabbitmq/`;
    this.#userSecrets = new Map(
      brokerUsers(settings.broker.applications).map(({ service }) => [
        service,
        this.#generateUserSecret(service, removalPolicy),
      ]),
    );
    const securityGroup = new SecurityGroup(this, "SecurityGroup", {
      vpc: network.vpc,
      description: "RabbitMQ and the pollers that Lambda puts beside it",
      allowAllOutbound: false,
    });
    this.connections = new Connections({ securityGroups: [securityGroup], defaultPort: AMQPS });
    this.#allowPollers(network);
    this.#broker = this.#createBroker(settings, network, securityGroup);
    this.#broker.applyRemovalPolicy(removalPolicy);
  }

  /**
   * Lets the function connect as the user of its service, which declare-topology makes: the secret, the way through the
   * network, and where both are.
   */
  grantConnect(fn: LambdaFunction, service: string): void {
    const secret = this.#userSecret(service);
    secret.grantRead(fn);
    fn.connections.allowTo(this, AMQPS, "RabbitMQ");
    fn.addEnvironment(environmentKeys.brokerSecretArn, secret.secretArn);
    fn.addEnvironment(environmentKeys.brokerEndpoint, Fn.select(0, this.#broker.attrAmqpEndpoints));
  }

  /** Lets the function declare everything on the broker, make the services' users and renew their secrets. */
  grantAdminister(fn: LambdaFunction, { broker }: EnvironmentSettings): void {
    this.#secret.grantRead(fn);
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
        resources: [...this.#userSecrets.values()].map(({ secretArn }) => secretArn),
      }),
    );
    this.#allowDescribe(fn);
    fn.connections.allowTo(this, AMQPS, "RabbitMQ");
    fn.connections.allowTo(this, Port.HTTPS, "The management API of RabbitMQ");
    fn.addEnvironment(environmentKeys.brokerSecretArn, this.#secret.secretArn);
    fn.addEnvironment(environmentKeys.brokerId, this.#broker.ref);
    fn.addEnvironment(environmentKeys.brokerUserSecrets, this.#userPrefix);
    fn.addEnvironment(environmentKeys.brokerApplications, JSON.stringify(broker.applications));
  }

  /**
   * Lets Lambda poll queues on the function's behalf: it uses the function's role to find the broker, read the
   * secret and put network interfaces beside it (Lambda Developer Guide, "Using Lambda with Amazon MQ").
   */
  grantConsume(fn: LambdaFunction, service: string): QueueSource {
    const secret = this.#userSecret(service);
    secret.grantRead(fn);
    this.#allowDescribe(fn);
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"],
        resources: ["*"],
      }),
    );
    return {
      eventSourceArn: this.#broker.attrArn,
      sourceAccessConfigurations: [
        { type: "BASIC_AUTH", uri: secret.secretArn },
        { type: "VIRTUAL_HOST", uri: VIRTUAL_HOST },
      ],
    };
  }

  #allowDescribe(fn: LambdaFunction): void {
    const describe = { actions: ["mq:DescribeBroker"], resources: [this.#broker.attrArn] };
    fn.addToRolePolicy(new PolicyStatement(describe));
  }

  #createBroker(
    { name, broker }: EnvironmentSettings,
    network: PrivateNetwork,
    securityGroup: SecurityGroup,
  ): CfnBroker {
    const { subnetIds } = network.vpc.selectSubnets(network.subnets);
    return new CfnBroker(this, "Broker", {
      brokerName: `telemetry-${name}`,
      engineType: "RABBITMQ",
      engineVersion: broker.engineVersion,
      hostInstanceType: broker.instanceType,
      deploymentMode: broker.deploymentMode,
      publiclyAccessible: false,
      // A single instance takes exactly one subnet.
      subnetIds: broker.deploymentMode === "SINGLE_INSTANCE" ? subnetIds.slice(0, 1) : subnetIds,
      securityGroups: [securityGroup.securityGroupId],
      users: [
        {
          username: this.#secret.secretValueFromJson("username").unsafeUnwrap(),
          password: this.#secret.secretValueFromJson("password").unsafeUnwrap(),
        },
      ],
      authenticationStrategy: "SIMPLE",
      autoMinorVersionUpgrade: true,
      encryptionOptions: { useAwsOwnedKey: true },
      logs: { general: true },
      maintenanceWindowStartTime: { dayOfWeek: "SUNDAY", timeOfDay: "03:00", timeZone: "UTC" },
    });
  }

  /** The pollers' network interfaces wear the broker's own security group. */
  #allowPollers(network: PrivateNetwork): void {
    this.connections.allowInternally(AMQPS, "Pollers of Lambda");
    network.allowServices(this);
  }

  #userSecret(service: string): Secret {
    const secret = this.#userSecrets.get(service);
    if (secret) return secret;
    throw new Error(`layers/topology/broker-users.ts says nothing of "${service}", which needs the broker`);
  }

  #generateUserSecret(service: string, removalPolicy: RemovalPolicy): Secret {
    const secret = new Secret(this, `User-${service}`, {
      secretName: `${this.#userPrefix}${service}`,
      description: `User of the RabbitMQ broker for ${service}`,
      generateSecretString: generatedPassword(`${service}.1`),
      removalPolicy,
    });
    Validations.of(secret).acknowledge({
      id: "AwsSolutions-SMG4",
      reason:
        "declare-topology renews it every 30 days, by two users that take turns: Secrets Manager has no rotation for RabbitMQ.",
    });
    return secret;
  }

  #generateSecret(removalPolicy: RemovalPolicy): Secret {
    const secret = new Secret(this, "Secret", {
      description: "Administrator of the RabbitMQ broker",
      generateSecretString: generatedPassword("telemetry"),
      removalPolicy,
    });
    Validations.of(secret).acknowledge({
      id: "AwsSolutions-SMG4",
      reason:
        "Amazon MQ takes a RabbitMQ broker's first user at creation only: rotating this secret alone would lock every client out.",
    });
    return secret;
  }
}

const generatedPassword = (username: string) => ({
  secretStringTemplate: JSON.stringify({ username }),
  generateStringKey: "password",
  // Amazon MQ refuses commas, colons and equal signs, and the password stands in a URL.
  excludePunctuation: true,
  passwordLength: 32,
});
