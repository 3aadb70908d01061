import type { PrivateNetwork } from "./constructs/private-network.ts";
import type { RabbitmqBroker } from "./constructs/rabbitmq-broker.ts";
import type { RegistryDatabase } from "./constructs/registry-database.ts";
import type { SocketApi } from "./constructs/socket-api.ts";
import type { SealedBucket, SpoolBucket } from "./constructs/telemetry-bucket.ts";
import type { EnvironmentSettings } from "./environments.ts";

/** What an environment's functions stand on. */
export interface Platform {
  settings: EnvironmentSettings;
  network: PrivateNetwork;
  broker: RabbitmqBroker;
  database: RegistryDatabase;
  spool: SpoolBucket;
  sealed: SealedBucket;
  sockets: SocketApi;
}
