import type { PagingSecret } from "./constructs/paging-secret.ts";
import type { PrivateNetwork } from "./constructs/private-network.ts";
import type { RabbitmqBroker } from "./constructs/rabbitmq-broker.ts";
import type { RegistryDatabase } from "./constructs/registry-database.ts";
import type { SearchDomain } from "./constructs/search-domain.ts";
import type { SocketApi } from "./constructs/socket-api.ts";
import type { SealedBucket, SpoolBucket } from "./constructs/telemetry-bucket.ts";
import type { TimestreamDatabase } from "./constructs/timestream-database.ts";
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
  /** Where measurements are in it. */
  timestream: TimestreamDatabase | undefined;
  /** Where logs are in it. */
  search: SearchDomain | undefined;
  paging: PagingSecret;
}
