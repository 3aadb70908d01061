import { Annotations } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { PrivateNetwork } from "../constructs/private-network.ts";
import { RegistryDatabase } from "../constructs/registry-database.ts";
import { AccessLogBucket, SealedBucket, SpoolBucket } from "../constructs/telemetry-bucket.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { TelemetryStack } from "./telemetry-stack.ts";

export class StorageStack extends TelemetryStack {
  readonly database: RegistryDatabase;
  readonly spool: SpoolBucket;
  readonly sealed: SealedBucket;

  constructor(scope: Construct, settings: EnvironmentSettings, network: PrivateNetwork) {
    super(
      scope,
      "storage",
      settings,
      "Registry, measurements and logs in Aurora PostgreSQL, spool and sealed heads in S3",
    );
    this.database = new RegistryDatabase(this, "Registry", settings, network);
    const accessLogs = new AccessLogBucket(this, "AccessLogs", settings);
    this.spool = new SpoolBucket(this, "Spool", accessLogs);
    this.sealed = new SealedBucket(this, "Sealed", settings, accessLogs);
    this.#warnOfMissingStores(settings);
  }

  #warnOfMissingStores({ name, measurements, logs }: EnvironmentSettings): void {
    for (const [port, store] of Object.entries({ measurements, logs })) {
      if (store === "postgres") continue;
      Annotations.of(this).addWarningV2(
        `telemetry-bus:${store}`,
        `${name} asks for ${port} in ${store}, which is not built yet: PostgreSQL takes its place`,
      );
    }
  }
}
