import type { Bus } from "../layers/broker/bus.ts";
import type { BrokerView } from "../layers/broker/depths.ts";
import type { SpoolingBus } from "../layers/broker/spooling-bus.ts";
import type { Clock } from "../layers/core/clock.ts";
import type { Logger } from "../layers/core/logger.ts";
import type { Metrics } from "../layers/core/own-metrics.ts";
import type { Authenticator } from "../layers/lambda/auth.ts";
import type { Sockets } from "../layers/lambda/sockets.ts";
import type { Wake } from "../layers/lambda/wake.ts";
import type { Send } from "../layers/notify/sender.ts";
import type { Logs } from "../layers/storage/logs/port.ts";
import type { Measurements } from "../layers/storage/measurements/port.ts";
import type { Registry } from "../layers/storage/registry/port.ts";
import type { SealedHeads } from "../layers/storage/sealed/port.ts";
import type { Spool } from "../layers/storage/spool/port.ts";
import type { Topology } from "../layers/topology/topology.ts";

/**
 * What handlers are made of. Each `createHandler` takes its part of this; none asks where it runs. On Lambda
 * layers/lambda/environment makes them of the function's variables, on one machine apps/local does.
 */
export interface Dependencies {
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  authenticator: Authenticator;
  bus: Bus;
  /** For whoever acknowledges at once: the spool is behind it. */
  spoolingBus: SpoolingBus;
  spool: Spool;
  broker: BrokerView;
  logs: Logs;
  measurements: Measurements;
  registry: Registry;
  sealed: SealedHeads;
  /** Tells a channel. */
  send: Send;
  sockets: Sockets;
  wake: Wake;
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
