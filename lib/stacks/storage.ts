import { Annotations } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { PagingSecret } from "../constructs/paging-secret.ts";
import type { PrivateNetwork } from "../constructs/private-network.ts";
import { RegistryDatabase } from "../constructs/registry-database.ts";
import { SearchDomain } from "../constructs/search-domain.ts";
import { AccessLogBucket, SealedBucket, SpoolBucket } from "../constructs/telemetry-bucket.ts";
import { TimestreamDatabase } from "../constructs/timestream-database.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { TelemetryStack } from "./telemetry-stack.ts";

export class StorageStack extends TelemetryStack {
  readonly database: RegistryDatabase;
  readonly spool: SpoolBucket;
  readonly sealed: SealedBucket;
  readonly paging: PagingSecret;
  readonly timestream?: TimestreamDatabase;
  readonly search?: SearchDomain;

  constructor(scope: Construct, settings: EnvironmentSettings, network: PrivateNetwork) {
    super(scope, "storage", settings, "Databases, spool and sealed heads");
    this.database = new RegistryDatabase(this, "Registry", settings, network);
    const accessLogs = new AccessLogBucket(this, "AccessLogs", settings);
    this.spool = new SpoolBucket(this, "Spool", accessLogs);
    this.sealed = new SealedBucket(this, "Sealed", settings, accessLogs);
    this.paging = new PagingSecret(this, "Paging", settings);
    if (settings.measurements === "timestream") {
      this.timestream = new TimestreamDatabase(this, "Measurements", settings);
      Annotations.of(this).addWarningV2(
        "telemetry-bus:timestream",
        `${settings.name} keeps measurements in Timestream for LiveAnalytics, which takes no new customers: ` +
          'telemetry doctor says whether this account is one; measurements: "postgres" needs none',
      );
    }
    if (settings.search) this.search = new SearchDomain(this, "Search", settings, settings.search, network);
  }
}
