import { hostname } from "node:os";
import type { Logger } from "../../layers/core/logger.ts";
import { readMachine, type Snapshot } from "./host-metrics/machine.ts";
import { createOutgoing } from "./host-metrics/outgoing.ts";
import { pointsBetween } from "./host-metrics/points.ts";

export interface HostMetricsOptions {
  /** Of the HTTP API: `http://127.0.0.1:8218`. */
  url: string;
  /** With the scope `ingest`. */
  apiKey: string;
  logger: Logger;
  /** @default 5000 */
  intervalMs?: number;
  /** @default the machine's host name */
  deviceId?: string;
  /** A folder whose file system is reported beside that of `/`. */
  home?: string;
}

export interface HostMetrics {
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

/**
 * Sends this machine's CPU, load, memory, disk and network, a batch per round. CPU and network are what happened
 * between two rounds, so the first batch is without them. While the platform is away batches wait, a bounded number of them.
 */
export function startHostMetrics(options: HostMetricsOptions): HostMetrics {
  const { url, apiKey, logger, intervalMs = 5_000, deviceId = deviceOf(hostname()), home } = options;
  const paths = home === undefined ? ["/"] : ["/", home];
  const outgoing = createOutgoing({
    url: `${url}/api/v1/telemetry/devices/${encodeURIComponent(deviceId)}/telemetry/batch`,
    apiKey,
    logger,
  });
  let before: Snapshot | undefined;
  let round = Promise.resolve();

  async function next(): Promise<void> {
    try {
      const after = await readMachine(paths, Date.now());
      const points = pointsBetween(before ?? after, after);
      before = after;
      await outgoing.send(points);
    } catch (error) {
      logger.warn("cannot read this machine's metrics", { error });
    }
  }

  const tick = () => {
    round = Promise.all([round, next()]).then(() => undefined);
  };
  tick();
  const timer = setInterval(tick, intervalMs);
  return {
    async stop() {
      clearInterval(timer);
      await round;
    },
  };
}

/** Host names are device ids nearly always. */
const deviceOf = (host: string): string =>
  host
    .replace(/[^A-Za-z0-9._-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 128) || "localhost";
