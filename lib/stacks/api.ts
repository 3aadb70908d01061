import type { Construct } from "constructs";
import { routesOf } from "../../functions/manifest-row.ts";
import { ServiceFunction } from "../constructs/service-function.ts";
import { TelemetryApi } from "../constructs/telemetry-api.ts";
import { rowsIn } from "../placement.ts";
import type { Platform } from "../platform.ts";
import { TelemetryStack } from "./telemetry-stack.ts";

export class ApiStack extends TelemetryStack {
  /** Without a scheme. */
  readonly host: string;

  constructor(scope: Construct, platform: Platform) {
    super(scope, "api", platform.settings, "REST API and the functions behind it");
    const api = new TelemetryApi(this, "Rest", platform.settings);
    this.host = api.host;
    for (const row of rowsIn("api")) {
      const { fn } = new ServiceFunction(this, row, platform);
      const streamSeconds = row.streams ? row.timeoutSeconds : undefined;
      for (const route of routesOf(row)) api.addRoute(route, fn, streamSeconds);
    }
  }
}
