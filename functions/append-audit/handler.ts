import { decodeEvent, type Event } from "../../layers/core/envelope.ts";
import { microsOf } from "../../layers/core/time.ts";
import { createQueueHandler, type QueueHandler } from "../../layers/lambda/queue.ts";
import type { Dependencies } from "../dependencies.ts";

export type AuditDependencies = Pick<Dependencies, "bus" | "clock" | "logger" | "registry">;

/**
 * Adds events to the audit as they arrive, each once: the audit itself knows for ever what is in it, so that nothing
 * is too old for it. Payloads are not checked: what came is what is kept.
 */
export function createHandler({ bus, clock, logger, registry }: AuditDependencies): QueueHandler {
  return createQueueHandler<Event>({
    bus,
    clock,
    logger,
    decode: ({ body }) => decodeEvent(body),
    async handle(events) {
      await registry.audit.append(events, microsOf(clock.now()));
      return undefined;
    },
  });
}
