import { RefusedError } from "../../layers/core/errors.ts";
import { newEventId } from "../../layers/core/ids.ts";
import { formatTime, type Micros, microsOf } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import type { AddressRule } from "../../layers/notify/address.ts";
import type { Channel } from "../../layers/storage/registry/port/channels.ts";
import type { Delivery } from "../../layers/storage/registry/port/notifications.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { createdChannel, describeChannel, replacedChannel } from "./channel.ts";
import { operations } from "./schema.ts";
import { sendTest } from "./send-test.ts";

export type ChannelDependencies = HttpDependencies &
  Pick<Dependencies, "registry" | "send"> & {
    /** Where channels may lead. @default public addresses only */
    addresses?: AddressRule;
  };

export function createHandler(dependencies: ChannelDependencies): HttpHandler {
  const routes = routesOf(rowOf("manage-channels"));
  return createHttpHandler({ ...dependencies, routes, operations, handlers: handlersOf(dependencies) });
}

function handlersOf({
  registry,
  send,
  addresses = {},
}: ChannelDependencies): OperationHandlers<typeof operations> {
  const { channels, notifications } = registry;

  async function find(name: string): Promise<Channel> {
    const channel = await channels.find(name);
    if (!channel) throw noSuch(name);
    return channel;
  }

  return {
    async listChannels() {
      const all = await channels.list();
      return { body: { channels: all.map(describeChannel), count: all.length } };
    },
    async createChannel({ body, now }) {
      const channel = createdChannel(body, microsOf(now), addresses);
      await channels.create(channel);
      const { target } = channel;
      const secret = target.kind === "webhook" ? { secret: target.secret } : {};
      return { status: 201, body: { ...describeChannel(channel), ...secret } };
    },
    async replaceChannel({ params: { name }, body, now }) {
      const channel = replacedChannel(await find(name), body, microsOf(now), addresses);
      if (!(await channels.replace(channel))) throw noSuch(name);
      return { body: describeChannel(channel) };
    },
    async removeChannel({ params: { name }, now }) {
      if (!(await channels.remove(name, microsOf(now)))) throw noSuch(name);
      return { body: { success: true, name } };
    },
    async testChannel({ params: { name }, now }) {
      const { kind, detail } = await sendTest(await find(name), newEventId(), microsOf(now), send);
      return { body: { delivered: kind === "sent", may_pass_later: kind === "later", detail } };
    },
    async listDeliveries({ params: { name }, query }) {
      await find(name);
      const deliveries = await notifications.list(name, query);
      const { limit, offset } = query;
      return {
        body: { deliveries: deliveries.map(describeDelivery), count: deliveries.length, limit, offset },
      };
    },
  };
}

const noSuch = (name: string) => new RefusedError(404, `no channel "${name}"`);

const time = (at: Micros | undefined) => (at === undefined ? null : formatTime(at));

const describeDelivery = ({ notification, ...delivery }: Delivery) => ({
  id: notification.dedupKey,
  state: delivery.state,
  detail: delivery.detail ?? null,
  attempts: delivery.attempts,
  form: notification.form,
  action: notification.action,
  severity: notification.severity,
  title: notification.title,
  type: notification.type,
  source: notification.source,
  event_id: notification.eventId,
  count: notification.count,
  recorded_at: formatTime(delivery.recordedAt),
  settled_at: time(delivery.settledAt),
  next_at: delivery.state === "pending" ? time(delivery.nextAt) : null,
});
