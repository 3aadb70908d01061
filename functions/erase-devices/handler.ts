import { MICROS_PER_SECOND, type Micros, microsOf } from "../../layers/core/time.ts";
import type { Erasure } from "../../layers/storage/registry/port.ts";
import type { Dependencies } from "../dependencies.ts";

export type EraseDependencies = Pick<Dependencies, "clock" | "logger" | "measurements" | "registry">;

const PER_STEP = 5_000;
const DEVICES_PER_RUN = 100;
/** Nothing more is begun after so long; the next run goes on. */
const RUN_MS = 20_000;

/**
 * Consumers know of a deletion within a second or so, and what they were writing then may come to be stored later: it
 * is erased again until this long after.
 */
const SETTLED_AFTER = 120 * MICROS_PER_SECOND;

/** Deletes the points of deleted devices, in small steps, so that nobody waits for it. */
export function createHandler({
  clock,
  logger,
  measurements,
  registry,
}: EraseDependencies): () => Promise<void> {
  async function erase({ deviceId, before }: Erasure, until: number): Promise<boolean> {
    for (let total = 0; clock.now() < until; ) {
      const erased = await measurements.erase(deviceId, before, PER_STEP);
      total += erased;
      if (erased === PER_STEP) continue;
      if (total > 0) logger.info("erased a deleted device's measurements", { deviceId, points: total });
      return true;
    }
    return false;
  }

  return async () => {
    const startedAt = clock.now();
    for (const erasure of await registry.deviceLives.erasing(microsOf(startedAt), DEVICES_PER_RUN)) {
      if (!(await erase(erasure, startedAt + RUN_MS))) return;
      if (isSettled(erasure, microsOf(startedAt))) await registry.deviceLives.erased(erasure);
    }
  };
}

const isSettled = ({ since }: Erasure, now: Micros): boolean => now - since > SETTLED_AFTER;
