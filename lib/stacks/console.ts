import { CfnOutput } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { ConsoleBucket } from "../constructs/console-bucket.ts";
import { Site } from "../constructs/site.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { TelemetryStack } from "./telemetry-stack.ts";

export interface Hosts {
  apiHost: string;
  socketHost: string;
}

export class ConsoleStack extends TelemetryStack {
  readonly distributionId: string;

  constructor(scope: Construct, settings: EnvironmentSettings, hosts: Hosts) {
    super(scope, "console", settings, "CloudFront before console, API and sockets");
    const files = new ConsoleBucket(this, "Console", settings);
    const { distribution } = new Site(this, "Site", { settings, console: files.bucket, ...hosts });
    files.fill();
    this.distributionId = distribution.distributionId;
    const host = settings.site?.hostName ?? distribution.distributionDomainName;
    new CfnOutput(this, "Url", { value: `https://${host}`, description: "Console, API and sockets" });
  }
}
