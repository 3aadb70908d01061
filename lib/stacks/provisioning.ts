import { Duration } from "aws-cdk-lib";
import { Trigger } from "aws-cdk-lib/triggers";
import type { Construct } from "constructs";
import { ServiceFunction } from "../constructs/service-function.ts";
import { rowsIn } from "../placement.ts";
import type { Platform } from "../platform.ts";
import { runByTheClock } from "../schedules.ts";
import { TelemetryStack } from "./telemetry-stack.ts";

/**
 * What a deploy runs, whenever its code or its configuration has changed. A stack of its own, before those that
 * rely on it: no function is updated before the schema it expects is there, no queue is consumed before it is
 * declared, and a failure stops the deploy.
 */
export class ProvisioningStack extends TelemetryStack {
  constructor(scope: Construct, platform: Platform) {
    super(
      scope,
      "provisioning",
      platform.settings,
      "Topology and migrations, brought up to date at each deploy",
    );
    for (const row of rowsIn("provisioning")) {
      const service = new ServiceFunction(this, row, platform);
      new Trigger(this, `${row.name}-run`, {
        handler: service.fn,
        timeout: Duration.seconds(row.timeoutSeconds),
        // Its way through the network is made of resources too.
        executeAfter: [service],
      });
      runByTheClock(this, row, service.fn);
    }
  }
}
