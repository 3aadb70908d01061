import { announce } from "../../layers/broker/announce.ts";
import { alertEvent } from "../../layers/core/alerting/alert-event.ts";
import { microsOf } from "../../layers/core/time.ts";
import { createQueueHandler, type QueueHandler } from "../../layers/lambda/queue.ts";
import type { DeviceDescription } from "../../layers/storage/registry/port.ts";
import type { Dependencies } from "../dependencies.ts";
import { type Change, changeIn } from "./change.ts";

export type FollowDependencies = Pick<Dependencies, "bus" | "clock" | "logger" | "registry" | "sockets">;

type Follow = (change: Change) => Promise<void>;

const NORMAL_CLOSURE = 1_000;

/**
 * Follows what other services say of devices and users. Needs no inbox: whatever comes twice, late or in another order
 * leads to the same, since the events' own times decide.
 */
export function createHandler(dependencies: FollowDependencies): QueueHandler {
  const follow = followersOf(dependencies);
  return createQueueHandler<Change>({
    ...dependencies,
    decode: ({ body }) => changeIn(body),
    async handle(changes) {
      for (const change of changes) await follow[change.type]?.(change);
      return undefined;
    },
  });
}

/** What other types do to devices is nothing to the platform. */
function followersOf({
  bus,
  clock,
  logger,
  registry,
  sockets,
}: FollowDependencies): Partial<Record<string, Follow>> {
  const { deviceLives, devices, keys, outbox, subscriptions } = registry;

  const closeSockets = async (connectionIds: readonly string[], reason: string): Promise<void> => {
    const farewell = { code: NORMAL_CLOSURE, reason };
    await Promise.all(connectionIds.map((connectionId) => sockets.close(connectionId, farewell)));
  };

  return {
    async "device.registered"({ at, payload }) {
      const description = descriptionIn(payload);
      if (await deviceLives.registered(description.deviceId, at)) await devices.describe(description, at);
    },

    async "device.updated"({ at, payload }) {
      await devices.describe(descriptionIn(payload), at);
    },

    async "device.deleted"({ at, payload, correlationId, identity }) {
      const { deviceId } = descriptionIn(payload);
      const now = microsOf(clock.now());
      const deed = { by: "auto", at: now, note: "the device was deleted" };
      const context = { time: now, correlationId, parent: identity };
      const tell = (alert: Parameters<typeof alertEvent>[1]) => alertEvent("resolved", alert, context);
      if (!(await deviceLives.deleted(deviceId, at, now, { deed, tell }))) return;
      await announce({ bus, outbox, logger });
      await closeSockets(await subscriptions.leaveDevice(deviceId), "the device was deleted");
    },

    async "user.deleted"({ at, payload }) {
      const userId = payload.user_id as string;
      const keyIds = await keys.revokeOf(userId, at);
      for (const owner of [userId, ...keyIds]) {
        await closeSockets(await subscriptions.removeOf(owner), "the user was deleted");
      }
    },
  };
}

const descriptionIn = (payload: Change["payload"]): DeviceDescription => ({
  deviceId: payload.device_id as string,
  name: payload.name as string | undefined,
  type: payload.device_type as string | undefined,
  groups: payload.groups as string[] | undefined,
});
