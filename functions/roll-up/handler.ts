import { microsOf } from "../../layers/core/time.ts";
import type { Dependencies } from "../dependencies.ts";

export type RollUpDependencies = Pick<Dependencies, "clock" | "logger" | "measurements">;

/** Sums up what was written since, so that long ranges are answered fast. Nothing waits for it to be right. */
export function createHandler({ clock, logger, measurements }: RollUpDependencies): () => Promise<void> {
  return async () => {
    const hours = await measurements.rollUp(microsOf(clock.now()));
    if (hours > 0) logger.info("summed up measurements", { hours });
  };
}
