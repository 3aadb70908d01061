import type { Bus } from "../layers/broker/bus.ts";
import type { BrokerView } from "../layers/broker/depths.ts";
import type { Clock } from "../layers/core/clock.ts";
import type { Logger } from "../layers/core/logger.ts";
import type { Authenticator } from "../layers/lambda/auth.ts";
import type { Measurements } from "../layers/storage/measurements/port.ts";
import type { Registry } from "../layers/storage/registry/port.ts";
import type { Topology } from "../layers/topology/topology.ts";

/**
 * What handlers are made of. Each `createHandler` takes its part of this; none asks where it runs. On Lambda
 * layers/lambda/environment makes them of the function's variables, on one machine apps/local does.
 */
export interface Dependencies {
  clock: Clock;
  logger: Logger;
  authenticator: Authenticator;
  bus: Bus;
  broker: BrokerView;
  measurements: Measurements;
  registry: Registry;
  topology: Topology;
  service: ServiceInfo;
}

/** What the health check says of the service itself. */
export interface ServiceInfo {
  version: string;
  /** Of the local run; behind API Gateway 443. */
  port: number;
}

export type HttpDependencies = Pick<Dependencies, "clock" | "logger" | "authenticator">;
