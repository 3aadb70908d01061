import type { Construct } from "constructs";
import type { PrivateNetwork } from "../constructs/private-network.ts";
import { RabbitmqBroker } from "../constructs/rabbitmq-broker.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { TelemetryStack } from "./telemetry-stack.ts";

export class BrokerStack extends TelemetryStack {
  readonly broker: RabbitmqBroker;

  constructor(scope: Construct, settings: EnvironmentSettings, network: PrivateNetwork) {
    super(scope, "broker", settings, "RabbitMQ on Amazon MQ");
    this.broker = new RabbitmqBroker(this, "RabbitMQ", settings, network);
  }
}
