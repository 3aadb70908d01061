import type { Construct } from "constructs";
import { PrivateNetwork } from "../constructs/private-network.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { TelemetryStack } from "./telemetry-stack.ts";

export class NetworkStack extends TelemetryStack {
  readonly network: PrivateNetwork;

  constructor(scope: Construct, settings: EnvironmentSettings) {
    super(scope, "network", settings, "VPC, private subnets, endpoints");
    this.network = new PrivateNetwork(this, "Network", settings);
  }
}
