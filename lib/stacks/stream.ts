import type { Construct } from "constructs";
import { ServiceFunction } from "../constructs/service-function.ts";
import { SocketApi } from "../constructs/socket-api.ts";
import { rowsIn } from "../placement.ts";
import type { Platform } from "../platform.ts";
import { TelemetryStack } from "./telemetry-stack.ts";

export class StreamStack extends TelemetryStack {
  readonly sockets: SocketApi;

  constructor(scope: Construct, foundation: Omit<Platform, "sockets">) {
    super(
      scope,
      "stream",
      foundation.settings,
      "WebSocket API of the live stream and what lets connections in",
    );
    this.sockets = new SocketApi(this, "Sockets", foundation.settings);
    const platform: Platform = { ...foundation, sockets: this.sockets };
    for (const row of rowsIn("stream")) {
      const { fn } = new ServiceFunction(this, row, platform);
      for (const trigger of row.triggers) {
        if (trigger.kind === "socket") for (const route of trigger.routes) this.sockets.addRoute(route, fn);
      }
    }
  }
}
