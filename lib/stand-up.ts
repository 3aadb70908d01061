import type { Construct } from "constructs";
import type { EnvironmentSettings } from "./environments.ts";
import type { Platform } from "./platform.ts";
import { AlarmsStack } from "./stacks/alarms.ts";
import { ApiStack } from "./stacks/api.ts";
import { BrokerStack } from "./stacks/broker.ts";
import { ConsoleStack } from "./stacks/console.ts";
import { NetworkStack } from "./stacks/network.ts";
import { ProcessingStack } from "./stacks/processing.ts";
import { ProvisioningStack } from "./stacks/provisioning.ts";
import { StorageStack } from "./stacks/storage.ts";
import { StreamStack } from "./stacks/stream.ts";
import type { TelemetryStack } from "./stacks/telemetry-stack.ts";

/** One environment, whole. What holds data comes first, in stacks of its own; what can be made again follows. */
export function standUp(scope: Construct, settings: EnvironmentSettings): TelemetryStack[] {
  const network = new NetworkStack(scope, settings);
  const broker = new BrokerStack(scope, settings, network.network);
  const storage = new StorageStack(scope, settings, network.network);
  const foundation: Omit<Platform, "sockets"> = {
    settings,
    network: network.network,
    broker: broker.broker,
    database: storage.database,
    spool: storage.spool,
    sealed: storage.sealed,
    timestream: storage.timestream,
    search: storage.search,
    paging: storage.paging,
  };
  const stream = new StreamStack(scope, foundation);
  const platform: Platform = { ...foundation, sockets: stream.sockets };
  const provisioning = new ProvisioningStack(scope, platform);
  const processing = new ProcessingStack(scope, platform);
  const api = new ApiStack(scope, platform);
  for (const stack of [stream, processing, api]) stack.addStackDependency(provisioning);
  const console = new ConsoleStack(scope, settings, { apiHost: api.host, socketHost: stream.sockets.host });
  const alarms = new AlarmsStack(scope, platform, console.distributionId);
  return [network, broker, storage, provisioning, stream, processing, api, console, alarms];
}
