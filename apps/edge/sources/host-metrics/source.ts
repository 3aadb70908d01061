import type { Clock } from "../../../../layers/core/clock.ts";
import { asError } from "../../../../layers/core/errors.ts";
import type { Logger } from "../../../../layers/core/logger.ts";
import type { MetricEntry, Sink } from "../../entries.ts";
import type { Source, SourceStatus } from "../../source.ts";
import { createLoop } from "../loop.ts";
import { readMachine, type Snapshot } from "./machine.ts";
import { pointsBetween } from "./points.ts";
import type { HostMetricsSettings } from "./settings.ts";

export interface HostMetricsContext {
  sink: Sink<MetricEntry>;
  clock: Clock;
  logger: Logger;
}

/**
 * This machine's CPU, load, memory, disks and network, one append per look. What happens between two looks begins
 * with the second one. While nothing can be appended what there is at the moment is not kept, but what happened
 * meanwhile is in the first rates that can be.
 */
export function createHostMetricsSource(
  settings: HostMetricsSettings,
  { sink, clock, logger }: HostMetricsContext,
): Source {
  const { interval, device_id, groups, paths } = settings;
  const status: SourceStatus = { collected: 0 };
  /** Of the last look that was appended. */
  let before: Snapshot | undefined;

  async function look(): Promise<void> {
    const now = clock.now();
    const after = await readMachine({ groups, paths, now });
    const entries = pointsBetween(before ?? after, after, device_id);
    if (entries.length > 0) await sink.append(entries);
    before = after;
    status.collected += entries.length;
    status.lastSuccessAt = now;
  }

  async function round(): Promise<number> {
    const startedAt = performance.now();
    try {
      await look();
      if (status.lastError) logger.info("this machine's metrics are taken again");
      status.lastError = undefined;
    } catch (error) {
      if (!status.lastError) logger.warn("cannot take this machine's metrics", { error });
      status.lastError = asError(error).message;
    }
    return Math.max(0, interval - (performance.now() - startedAt));
  }

  const loop = createLoop(round);
  return {
    name: "host_metrics",
    start: async () => loop.start(),
    stop: () => loop.stop(),
    get status() {
      return { ...status };
    },
  };
}
