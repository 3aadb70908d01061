import { microsOf } from "../../layers/core/time.ts";
import type { Dependencies } from "../dependencies.ts";

export type MaintenanceDependencies = Pick<Dependencies, "clock" | "logs" | "measurements" | "registry">;

export function createHandler({
  clock,
  logs,
  measurements,
  registry,
}: MaintenanceDependencies): () => Promise<void> {
  return async () => {
    const now = microsOf(clock.now());
    await measurements.maintain(now);
    await logs.maintain(now);
    await registry.inbox.maintain(now);
    await registry.subscriptions.expire(now);
  };
}
