import { MICROS_PER_DAY, microsOf } from "../../layers/core/time.ts";
import { deliverDue } from "../../layers/notify/deliver.ts";
import type { Dependencies } from "../dependencies.ts";

export type DeliverDependencies = Pick<Dependencies, "clock" | "logger" | "registry" | "send">;

const GIVEN_UP_AFTER = MICROS_PER_DAY;
const KEPT = 30 * MICROS_PER_DAY;

/** Sums up what groups have counted, tries again what failed, gives up on what is a day old. */
export function createHandler(dependencies: DeliverDependencies): () => Promise<void> {
  const { clock, logger, registry } = dependencies;
  const { notifications } = registry;
  return async () => {
    const now = microsOf(clock.now());
    await notifications.endWindows(now);
    await deliverDue({ ...dependencies, notifications });
    for (const { channel, detail, notification } of await notifications.expire(now - GIVEN_UP_AFTER, now)) {
      logger.error("a notification was given up", { channel, notification: notification.dedupKey, detail });
    }
    await notifications.forget(now - KEPT);
  };
}
