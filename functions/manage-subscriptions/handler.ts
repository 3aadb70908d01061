import { randomBytes } from "node:crypto";
import { RefusedError } from "../../layers/core/errors.ts";
import { newId, sha256 } from "../../layers/core/ids.ts";
import { MICROS_PER_SECOND, microsOf } from "../../layers/core/time.ts";
import { createHttpHandler, type HttpHandler } from "../../layers/lambda/http.ts";
import type { OperationHandlers } from "../../layers/lambda/operation.ts";
import type { Ticket } from "../../layers/storage/registry/port/subscriptions.ts";
import type { Dependencies, HttpDependencies } from "../dependencies.ts";
import { rowOf } from "../manifest.ts";
import { routesOf } from "../manifest-row.ts";
import { operations } from "./schema.ts";

export type SubscriptionDependencies = HttpDependencies & Pick<Dependencies, "registry" | "sockets">;

const TICKET_BYTES = 32;
const TICKET_SECONDS = 60;
/** RFC 6455: it was meant. */
const NORMAL_CLOSURE = 1_000;

export function createHandler(dependencies: SubscriptionDependencies): HttpHandler {
  const routes = routesOf(rowOf("manage-subscriptions"));
  return createHttpHandler({ ...dependencies, routes, operations, handlers: handlersOf(dependencies) });
}

function handlersOf({ registry, sockets }: SubscriptionDependencies): OperationHandlers<typeof operations> {
  const { subscriptions } = registry;
  return {
    async subscribe({ body, caller, now }) {
      const subscriptionId = newId("sub");
      const { ticket, kept } = newTicket(now);
      const wanted = { deviceIds: body.device_ids, metricNames: body.metric_names, tags: body.tags };
      await subscriptions.create(
        {
          subscriptionId,
          ...wanted,
          maxFrequencyMs: body.max_frequency,
          createdBy: caller.keyId,
          createdAt: microsOf(now),
        },
        kept,
      );
      return { body: whereToConnect(subscriptionId, ticket, "Subscription created successfully") };
    },
    async unsubscribe({ params: { subscription_id } }) {
      const connectionIds = await subscriptions.remove(subscription_id);
      if (!connectionIds) throw noSuch(subscription_id);
      const farewell = { code: NORMAL_CLOSURE, reason: "the subscription was cancelled" };
      await Promise.all(connectionIds.map((connectionId) => sockets.close(connectionId, farewell)));
      return { body: { success: true, subscription_id, message: "Subscription cancelled successfully" } };
    },
    async createTicket({ params: { subscription_id }, now }) {
      const { ticket, kept } = newTicket(now);
      if (!(await subscriptions.addTicket(subscription_id, kept))) throw noSuch(subscription_id);
      return { body: whereToConnect(subscription_id, ticket, "Ticket created successfully") };
    },
  };
}

function newTicket(nowMs: number): { ticket: string; kept: Ticket } {
  const ticket = randomBytes(TICKET_BYTES).toString("base64url");
  const expiresAt = microsOf(nowMs) + TICKET_SECONDS * MICROS_PER_SECOND;
  return { ticket, kept: { hash: sha256(ticket), expiresAt } };
}

const whereToConnect = (subscriptionId: string, ticket: string, message: string) => ({
  subscription_id: subscriptionId,
  message,
  websocket_url: `/ws/telemetry/${subscriptionId}?ticket=${ticket}`,
});

const noSuch = (subscriptionId: string) => new RefusedError(404, `no subscription "${subscriptionId}"`);
