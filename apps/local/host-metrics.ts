import { systemClock } from "../../layers/core/clock.ts";
import type { Logger } from "../../layers/core/logger.ts";
import { hostMetricsSettings } from "../edge/sources/host-metrics/settings.ts";
import { createHostMetricsSource } from "../edge/sources/host-metrics/source.ts";
import { createOutgoing } from "./host-metrics/outgoing.ts";

export interface HostMetricsOptions {
  /** Of the HTTP API: `http://127.0.0.1:8218`. */
  url: string;
  /** With the scope `ingest`. */
  apiKey: string;
  logger: Logger;
  /** @default "5s" */
  interval?: string;
  /** @default the machine's host name */
  deviceId?: string;
  /** A folder whose file system is reported beside those of the disks. */
  home?: string;
}

export interface HostMetrics {
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

/**
 * Sends this machine's own metrics, a batch per round. While the platform is away batches wait, a bounded number
 * of them.
 */
export async function startHostMetrics(options: HostMetricsOptions): Promise<HostMetrics> {
  const { url, apiKey, logger, interval = "5s", deviceId, home } = options;
  const paths = home === undefined ? [] : [home];
  const settings = hostMetricsSettings.parse({ interval, device_id: deviceId, paths });
  const outgoing = createOutgoing({
    url: `${url}/api/v1/telemetry/devices/${encodeURIComponent(settings.device_id)}/telemetry/batch`,
    apiKey,
    logger,
  });
  const sink = { append: outgoing.send };
  const source = createHostMetricsSource(settings, { sink, clock: systemClock, logger });
  await source.start();
  return source;
}
