import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  type IConnectable,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  type SubnetConfiguration,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { EnvironmentSettings } from "../environments.ts";
import { removalPolicyOf } from "../removal-policy.ts";

/** Where everything that is not public lives: private subnets in two zones, and endpoints of AWS services. */
export class PrivateNetwork extends Construct {
  readonly vpc: Vpc;
  readonly subnets: SubnetSelection = { subnetGroupName: "private" };
  readonly #endpoints: SecurityGroup;
  readonly #internet: boolean;

  constructor(scope: Construct, id: string, settings: EnvironmentSettings) {
    super(scope, id);
    this.#internet = settings.natGateways > 0;
    this.vpc = new Vpc(this, "Vpc", {
      ipAddresses: IpAddresses.cidr("10.0.0.0/16"),
      maxAzs: 2,
      natGateways: settings.natGateways,
      subnetConfiguration: subnetsOf(this.#internet),
      restrictDefaultSecurityGroup: true,
    });
    this.vpc.addGatewayEndpoint("S3", { service: GatewayVpcEndpointAwsService.S3, subnets: [this.subnets] });
    this.#logRefusedTraffic(settings);
    this.#endpoints = new SecurityGroup(this, "Endpoints", {
      vpc: this.vpc,
      description: "Endpoints of AWS services",
      allowAllOutbound: false,
    });
    this.#addEndpoint("SecretsManager", InterfaceVpcEndpointAwsService.SECRETS_MANAGER);
    // Lambda's poller sits in the broker's subnets and invokes the consumers from there.
    this.#addEndpoint("Lambda", InterfaceVpcEndpointAwsService.LAMBDA);
    // Where there is no other way to it, for who declares on the broker and has to find it.
    if (!this.#internet) this.#addEndpoint("AmazonMq", InterfaceVpcEndpointAwsService.MQ);
  }

  /** Lets the client call Secrets Manager, Lambda, and what else has an endpoint. */
  allowServices(client: IConnectable): void {
    client.connections.allowTo(this.#endpoints, Port.HTTPS, "AWS services");
  }

  /** Lets the client call S3, whose gateway endpoint has addresses that differ from region to region. */
  allowStorage(client: IConnectable): void {
    client.connections.allowTo(Peer.anyIpv4(), Port.HTTPS, "S3 by its gateway endpoint");
  }

  /** Lets the client call out by HTTPS, where the environment has a way to the internet. */
  allowInternet(client: IConnectable): void {
    if (this.#internet) client.connections.allowTo(Peer.anyIpv4(), Port.HTTPS, "The internet");
  }

  #addEndpoint(id: string, service: InterfaceVpcEndpointAwsService): void {
    new InterfaceVpcEndpoint(this, id, {
      vpc: this.vpc,
      service,
      subnets: this.subnets,
      securityGroups: [this.#endpoints],
      open: false,
    });
  }

  #logRefusedTraffic(settings: EnvironmentSettings): void {
    const logGroup = new LogGroup(this, "RefusedTraffic", {
      retention: settings.logRetentionDays,
      removalPolicy: removalPolicyOf(settings),
    });
    this.vpc.addFlowLog("RefusedTrafficLog", {
      destination: FlowLogDestination.toCloudWatchLogs(logGroup),
      trafficType: FlowLogTrafficType.REJECT,
    });
  }
}

/** The private subnets come first and keep their name, so that NAT can come and go without moving them. */
function subnetsOf(internet: boolean): SubnetConfiguration[] {
  const subnetType = internet ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PRIVATE_ISOLATED;
  const ours = { name: "private", subnetType, cidrMask: 20 };
  const open = { name: "public", subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false };
  return internet ? [ours, open] : [ours];
}
