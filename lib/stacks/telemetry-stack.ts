import { Stack, Tags } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { EnvironmentSettings } from "../environments.ts";

/**
 * What every stack of an environment has in common. Account and region are left to whoever deploys: a template
 * must not depend on the machine that made it.
 */
export abstract class TelemetryStack extends Stack {
  constructor(scope: Construct, part: string, settings: EnvironmentSettings, description: string) {
    super(scope, `telemetry-${settings.name}-${part}`, {
      description,
      terminationProtection: settings.protectData,
    });
    Tags.of(this).add("telemetry:environment", settings.name);
  }
}
